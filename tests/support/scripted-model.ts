import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the model server does with one request. Exactly one of `texts`, `status`, `cut`, `raw` or `hang` decides. */
export type Behaviour =
  | { texts: string[]; delayMs?: number }
  | { status: number; message?: string; headers?: Record<string, string> }
  | { cut: 'before' | 'inside' }
  | { raw: string }
  | { hang: true };

export interface ModelRequest {
  model: string;
  n: number;
  system: string;
  prompt: string;
  /** The last line of the prompt, without its label. */
  question: string;
}

export type Script = (request: ModelRequest, number: number) => Behaviour;

export interface ScriptedModel {
  url: string;
  requests: ModelRequest[];
  /** Requests whose client went away before the reply. */
  aborted: number;
  script: Script;
  stop(): Promise<void>;
}

/** An OpenAI-compatible model server that does as it is told, faults included. */
export async function startScriptedModel(script: Script, port = 0): Promise<ScriptedModel> {
  const model: ScriptedModel = { url: '', requests: [], aborted: 0, script, stop: async () => undefined };
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
  if (request.url === '/v1/models') {
    json(response, 200, { object: 'list', data: [{ id: 'scripted', object: 'model' }] });
    return;
  }
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const asked = readRequest(body);
  model.requests.push(asked);
  response.once('close', () => {
    if (!response.writableFinished) model.aborted += 1;
  });
  await behave(model.script(asked, model.requests.length), asked, response);
}

async function behave(behaviour: Behaviour, asked: ModelRequest, response: ServerResponse): Promise<void> {
  if ('texts' in behaviour) {
    if (behaviour.delayMs) await sleep(behaviour.delayMs);
    const choices = behaviour.texts.map((content, index) => ({
      index,
      message: { role: 'assistant', content },
      finish_reason: 'stop',
    }));
    json(response, 200, {
      id: 'x',
      object: 'chat.completion',
      created: 0,
      model: asked.model,
      choices,
      usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
    });
  } else if ('status' in behaviour) {
    json(
      response,
      behaviour.status,
      { error: { message: behaviour.message ?? 'scripted' } },
      behaviour.headers,
    );
  } else if ('raw' in behaviour) {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(behaviour.raw);
  } else if ('cut' in behaviour) {
    if (behaviour.cut === 'inside') {
      response
        .writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' })
        .write('{"choices":[');
      await sleep(20);
    }
    response.destroy();
  }
}

function readRequest(body: string): ModelRequest {
  const { model, n, messages } = JSON.parse(body) as {
    model: string;
    n?: number;
    messages: { content: string }[];
  };
  const prompt = messages.at(-1)?.content ?? '';
  const question = /^Question: (.*)$/m.exec(prompt.slice(prompt.lastIndexOf('\nQuestion: ') + 1))?.[1] ?? '';
  return { model, n: n ?? 1, system: messages[0]?.content ?? '', prompt, question };
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}
