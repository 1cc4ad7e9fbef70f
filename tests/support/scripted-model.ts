import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { VllmMetrics } from './vllm-metrics.js';

/** What the model server does with one request. The key that it has decides. */
export type Behaviour =
  | { texts: string[]; delayMs?: number; after?: Promise<void>; whole?: boolean }
  | { stall: string; after?: Promise<void> }
  | { status: number; message?: string; headers?: Record<string, string> }
  | { cut: 'before' | 'inside' }
  /** As vLLM does once it has begun its stream. */
  | { streamedError: { message: string; code: number } }
  | { raw: string }
  | { hang: true };

export interface ModelRequest {
  model: string;
  n: number;
  seed: number | undefined;
  temperature: number;
  grammar: string | undefined;
  isStreamed: boolean;
  system: string;
  prompt: string;
  /** The last line of the prompt, without its label. */
  question: string;
  traceparent: string | undefined;
}

export type Script = (request: ModelRequest, number: number) => Behaviour;

export interface ScriptedModel {
  url: string;
  requests: ModelRequest[];
  /** Requests whose client went away before the reply. */
  aborted: number;
  script: Script;
  /** Requests in hand now, and the most at a time so far. */
  active: number;
  mostActive: number;
  /** What it says of itself, and the adapters it can load: path by name. */
  vllm: {
    grammar: 'held' | 'ignored' | 'refused';
    models: string[];
    loadable: Record<string, string>;
    waiting: number;
  } | null;
  /** Requests to load and unload adapters, as `load name`. */
  adapterRequests: string[];
  /** What it shows at /metrics where it is a vLLM. */
  metrics: VllmMetrics;
  stop(): Promise<void>;
}

/** An OpenAI-compatible model server that does as it is told, faults included. */
export async function startScriptedModel(script: Script, port = 0): Promise<ScriptedModel> {
  const model: ScriptedModel = {
    url: '',
    requests: [],
    aborted: 0,
    script,
    active: 0,
    mostActive: 0,
    vllm: null,
    adapterRequests: [],
    metrics: new VllmMetrics('scripted'),
    stop: async () => undefined,
  };
  const server = createServer((request, response) => {
    serve(model, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  );
  const address = server.address();
  model.url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}/v1`;
  model.stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return model;
}

async function serve(
  model: ScriptedModel,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === 'GET') {
    await tell(model, request.url ?? '', response);
    return;
  }
  let body = '';
  for await (const chunk of request) body += String(chunk);
  if (request.url?.endsWith('_lora_adapter')) {
    changeAdapters(
      model,
      request.url,
      JSON.parse(body) as { lora_name: string; lora_path?: string },
      response,
    );
    return;
  }
  const asked = { ...readRequest(body), traceparent: request.headers['traceparent'] as string | undefined };
  if (model.vllm && asked.grammar !== undefined && !asked.isStreamed) {
    probe(model.vllm.grammar, asked.grammar, response);
    return;
  }
  model.requests.push(asked);
  model.active += 1;
  model.mostActive = Math.max(model.mostActive, model.active);
  const started = performance.now();
  response.once('close', () => {
    model.active -= 1;
    model.metrics.served((performance.now() - started) / 1_000, usage.prompt_tokens, usage.completion_tokens);
    if (!response.writableFinished) model.aborted += 1;
  });
  if (model.vllm && !model.vllm.models.includes(asked.model)) {
    json(response, 404, { error: { message: `The model \`${asked.model}\` does not exist.` } });
    return;
  }
  await behave(model.script(asked, model.requests.length), asked, response);
}

/** Answers the small request that finds out whether grammars are held to. */
function probe(held: 'held' | 'ignored' | 'refused', grammar: string, response: ServerResponse): void {
  if (held === 'refused') return json(response, 400, { error: { message: 'Unexpected structured_outputs' } });
  const content = held === 'held' ? grammar.replace(/^root ::= "(.*)"$/, '$1') : 'Hello!';
  json(response, 200, { choices: [{ message: { content } }] });
}

async function tell(model: ScriptedModel, url: string, response: ServerResponse): Promise<void> {
  const { vllm } = model;
  if (url === '/v1/models') {
    const data = vllm
      ? vllm.models.map((id) => ({ id, object: 'model', owned_by: 'vllm', max_model_len: 4096 }))
      : [{ id: 'scripted', object: 'model' }];
    json(response, 200, { object: 'list', data });
  } else if (vllm && url === '/metrics') {
    const type = { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' };
    response.writeHead(200, type).end(await model.metrics.text(model.active, vllm.waiting));
  } else {
    json(response, 404, { detail: 'Not Found' });
  }
}

function changeAdapters(
  { vllm, adapterRequests }: ScriptedModel,
  url: string,
  { lora_name: name, lora_path: path }: { lora_name: string; lora_path?: string },
  response: ServerResponse,
): void {
  adapterRequests.push(`${url.includes('unload') ? 'unload' : 'load'} ${name}`);
  if (!vllm) return json(response, 404, { detail: 'Not Found' });
  if (url.includes('unload')) {
    vllm.models = vllm.models.filter((model) => model !== name);
  } else if (path === undefined || vllm.loadable[name] !== path) {
    return json(response, 404, {
      error: { message: `Loading lora ${name} failed: No adapter found for ${path}` },
    });
  } else {
    vllm.models.push(name);
  }
  response.writeHead(200).end('Success');
}

async function behave(behaviour: Behaviour, asked: ModelRequest, response: ServerResponse): Promise<void> {
  if ('texts' in behaviour) {
    await behaviour.after;
    if (behaviour.delayMs) await sleep(behaviour.delayMs);
    if (asked.isStreamed && !behaviour.whole) stream(response, asked.model, behaviour.texts);
    else json(response, 200, completion(asked.model, behaviour.texts));
  } else if ('stall' in behaviour) {
    await behaviour.after;
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(chunk(asked.model, [{ index: 0, delta: { content: behaviour.stall } }]));
  } else if ('status' in behaviour) {
    json(
      response,
      behaviour.status,
      { error: { message: behaviour.message ?? 'scripted' } },
      behaviour.headers,
    );
  } else if ('streamedError' in behaviour) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.end(`data: ${JSON.stringify({ error: behaviour.streamedError })}\n\ndata: [DONE]\n\n`);
  } else if ('raw' in behaviour) {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(behaviour.raw);
  } else if ('cut' in behaviour) {
    if (behaviour.cut === 'inside') {
      response
        .writeHead(200, { 'Content-Type': 'text/event-stream' })
        .write(chunk(asked.model, [{ index: 0, delta: { content: 'SELECT' } }]));
      await sleep(20);
    }
    response.destroy();
  }
}

const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };

function completion(model: string, texts: readonly string[]) {
  const choices = texts.map((content, index) => ({
    index,
    message: { role: 'assistant', content },
    finish_reason: 'stop',
  }));
  return { id: 'x', object: 'chat.completion', created: 0, model, choices, usage };
}

function stream(response: ServerResponse, model: string, texts: readonly string[]): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  texts.forEach((text, index) => {
    response.write(chunk(model, [{ index, delta: { role: 'assistant', content: '' } }]));
    for (const piece of text.match(/\s*\S+|\s+$/g) ?? [])
      response.write(chunk(model, [{ index, delta: { content: piece } }]));
    response.write(chunk(model, [{ index, delta: {}, finish_reason: 'stop' }]));
  });
  response.write(chunk(model, [], usage));
  response.end('data: [DONE]\n\n');
}

function chunk(model: string, choices: object[], used: object | null = null): string {
  const piece = { id: 'x', object: 'chat.completion.chunk', created: 0, model, choices, usage: used };
  return `data: ${JSON.stringify(piece)}\n\n`;
}

function readRequest(body: string): Omit<ModelRequest, 'traceparent'> {
  const {
    model,
    n,
    messages,
    seed,
    temperature,
    stream: isStreamed,
    structured_outputs: held,
  } = JSON.parse(body) as {
    model: string;
    n?: number;
    seed?: number;
    temperature: number;
    stream?: boolean;
    structured_outputs?: { grammar?: string };
    messages: { content: string }[];
  };
  const prompt = messages.at(-1)?.content ?? '';
  const question = /^Question: (.*)$/m.exec(prompt.slice(prompt.lastIndexOf('\nQuestion: ') + 1))?.[1] ?? '';
  return {
    model,
    n: n ?? 1,
    seed,
    temperature,
    grammar: held?.grammar,
    isStreamed: isStreamed === true,
    system: messages[0]?.content ?? '',
    prompt,
    question,
  };
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}
