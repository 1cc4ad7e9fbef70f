import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { catalogueSchema, type ModelCatalogue } from '#shared/models/catalogue';
import { Metrics } from '#shared/telemetry/metrics';
import {
  type Behaviour,
  type ScriptedModel,
  startScriptedModel,
} from '../../../../tests/support/scripted-model.js';
import { CatalogueModel } from './catalogue.model.js';
import type { ReplyOptions } from './model.js';

const good: Behaviour = { texts: ['SELECT 1'] };
/** For servers that never answer: others are given time, as the machine may be busy. */
const impatient = { firstTokenMs: 400, totalMs: 800 };
const messages = [{ role: 'user' as const, content: 'Question: How many?' }];
const servers: ScriptedModel[] = [];

beforeAll(() => {
  Logger.overrideLogger(false);
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function server(script: Behaviour | ((request: number) => Behaviour) = good): Promise<ScriptedModel> {
  const started = await startScriptedModel((_, number) =>
    typeof script === 'function' ? script(number) : script,
  );
  servers.push(started);
  return started;
}

async function vllm(models: string[], loadable: Record<string, string> = {}): Promise<ScriptedModel> {
  const started = await server();
  started.vllm = { grammar: 'held', models, loadable, waiting: 0 };
  return started;
}

function open(
  urls: readonly string[],
  models: object[] = [{ name: 'scripted' }],
  settings: object = {},
): { model: CatalogueModel; metrics: Metrics } {
  const endpoints = urls.map((url, at) => ({
    name: `e${at}`,
    url,
    firstTokenMs: 20_000,
    totalMs: 20_000,
    ...settings,
  }));
  const catalogue: ModelCatalogue = catalogueSchema.parse({ endpoints, models });
  const metrics = new Metrics();
  return { model: new CatalogueModel(catalogue, metrics), metrics };
}

function asked(options: Partial<ReplyOptions> = {}): ReplyOptions {
  const signal = new AbortController().signal;
  return { purpose: 'first', dialect: 'sqlite', samples: 1, signal, ...options };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

const valueOf = async (metrics: Metrics, name: string, labels: object) =>
  (await metrics.registry.getSingleMetric(name)?.get())?.values.find(({ labels: its }) =>
    Object.entries(labels).every(([key, value]) => its[key] === value),
  )?.value;

describe('one endpoint', () => {
  it('gives the streamed texts with tokens and where they came from', async () => {
    const { url } = await server({ texts: ['SELECT 1', 'SELECT  2'] });
    const reply = await open([url]).model.reply(messages, asked({ samples: 2 }));
    expect(reply).toEqual({
      texts: ['SELECT 1', 'SELECT  2'],
      cut: [],
      model: 'scripted',
      endpoint: 'e0',
      constrained: false,
      promptTokens: 100,
      completionTokens: 10,
    });
  });

  it('asks greedily for one sample, and seeds several by their number', async () => {
    const { url, requests } = await server((number) => ({ texts: number === 1 ? ['a'] : ['a', 'b'] }));
    const { model } = open([url]);
    await model.reply(messages, asked());
    await model.reply(messages, asked({ samples: 2, firstSample: 3 }));
    expect(requests.map(({ n, seed, temperature }) => ({ n, seed, temperature }))).toEqual([
      { n: 1, seed: undefined, temperature: 0 },
      { n: 2, seed: 3, temperature: 0.7 },
    ]);
  });

  it('tells the text of the first sample as it comes', async () => {
    const { url } = await server({ texts: ['SELECT a FROM b', 'SELECT 2'] });
    const told: [string, number][] = [];
    await open([url]).model.reply(messages, asked({ samples: 2, onText: (...piece) => told.push(piece) }));
    expect(told.map(([text]) => text).join('')).toBe('SELECT a FROM b');
    expect(told.length).toBeGreaterThan(2);
    expect(told[1]).toEqual([' a', 6]);
  });

  it('reads a server that does not stream', async () => {
    const { url } = await server({ texts: ['SELECT 1'], whole: true });
    expect(await open([url]).model.reply(messages, asked())).toMatchObject({
      texts: ['SELECT 1'],
      promptTokens: 100,
    });
  });

  it('takes no more samples than it asked for', async () => {
    const { url } = await server({ texts: ['a', 'b', 'c'] });
    const { model } = open([url]);
    expect((await model.reply(messages, asked())).texts).toEqual(['a']);
    expect((await model.reply(messages, asked({ samples: 2 }))).texts).toEqual(['a', 'b']);
  });

  it('asks one by one where one request gives one sample only, and remembers it', async () => {
    const { url, requests } = await server(good);
    const { model } = open([url]);
    for (const expected of [4, 7]) {
      const reply = await model.reply(messages, asked({ samples: 3 }));
      expect(reply).toMatchObject({ texts: ['SELECT 1', 'SELECT 1', 'SELECT 1'] });
      // Three in one request gives one: two are still to ask for; then three from the start.
      expect(requests).toHaveLength(expected - 1);
    }
    expect(requests.map(({ seed }) => seed).sort()).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('asks one by one where several are refused', async () => {
    const refusing = await startScriptedModel(({ n }) =>
      n > 1 ? { status: 400, message: 'Only one completion choice is allowed' } : good,
    );
    servers.push(refusing);
    expect((await open([refusing.url]).model.reply(messages, asked({ samples: 2 }))).texts).toHaveLength(2);
  });

  it.each<[string, Behaviour, string, string]>([
    ['silence', { hang: true }, 'model_timeout', 'no token in 400 ms'],
    ['a reply that stops', { stall: 'SELECT' }, 'model_timeout', 'finish its reply in 800 ms'],
    ['a cut connection', { cut: 'before' }, 'model_unreachable', ''],
    ['a cut reply', { cut: 'inside' }, 'model_reply_malformed', ''],
    ['429', { status: 429 }, 'model_overloaded', ''],
    ['500', { status: 500 }, 'model_error', ''],
    ['nonsense', { raw: '<html>' }, 'model_reply_malformed', ''],
  ])('fails on %s so that it is tried again', async (_, behaviour, code, message) => {
    const { url } = await server(behaviour);
    const { model, metrics } = open([url], undefined, impatient);
    const error = await model.reply(messages, asked()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'retryable', code });
    expect((error as Error).message).toContain(message);
    expect(await valueOf(metrics, 'nano_model_errors_total', { code, endpoint: 'e0' })).toBe(1);
  });

  it('closes the connection when the query is cancelled, before and inside the reply', async () => {
    for (const behaviour of [{ hang: true }, { stall: 'SELECT' }] satisfies Behaviour[]) {
      const scripted = await server(behaviour);
      const controller = new AbortController();
      const pending = open([scripted.url]).model.reply(messages, asked({ signal: controller.signal }));
      await until(() => scripted.active === 1);
      controller.abort('cancelled');
      await expect(pending).rejects.toBe('cancelled');
      await until(() => scripted.aborted === 1);
    }
  });

  it('keeps to its concurrency, and gives up the place of who stops waiting', async () => {
    const scripted = await server({ texts: ['SELECT 1'], delayMs: 30 });
    const { model, metrics } = open([scripted.url], undefined, { concurrency: 2 });
    const controller = new AbortController();
    const all = Array.from({ length: 6 }, () => model.reply(messages, asked()));
    const waiting = model.reply(messages, asked({ signal: controller.signal }));
    controller.abort('deadline');
    await expect(waiting).rejects.toBe('deadline');
    await Promise.all(all);
    expect(scripted.mostActive).toBe(2);
    expect(scripted.requests).toHaveLength(6);
    expect(await valueOf(metrics, 'nano_model_outstanding', { endpoint: 'e0' })).toBe(0);
  });
});

describe('a server that has too much', () => {
  it('gets half as much after a burst of 429, and more with each round of answers', async () => {
    const scripted = await server({ status: 429 });
    const { model, metrics } = open([scripted.url], undefined, { concurrency: 8 });
    const limit = () => valueOf(metrics, 'nano_model_limit', { endpoint: 'e0' });
    await Promise.allSettled(Array.from({ length: 8 }, () => model.reply(messages, asked())));
    expect(await limit()).toBe(4);
    scripted.script = () => good;
    await Promise.all(Array.from({ length: 5 }, () => model.reply(messages, asked())));
    expect(await limit()).toBe(5);
    await Promise.all(Array.from({ length: 60 }, () => model.reply(messages, asked())));
    expect(await limit()).toBe(8);
  });

  it('gets less while requests wait in its own queue', async () => {
    const scripted = await vllm(['scripted']);
    scripted.script = () => ({ texts: ['SELECT 1'], delayMs: 1_500 });
    scripted.vllm = { grammar: 'held', models: ['scripted'], loadable: {}, waiting: 5 };
    const { model, metrics } = open([scripted.url], undefined, {
      concurrency: 8,
    });
    await Promise.all(Array.from({ length: 8 }, () => model.reply(messages, asked())));
    expect(await valueOf(metrics, 'nano_model_limit', { endpoint: 'e0' })).toBe(7);
  });
});

describe('an endpoint that fails again and again', () => {
  it('is set aside, tried after a rest, and taken back', async () => {
    const scripted = await server({ status: 500 });
    const { model, metrics } = open([scripted.url]);
    const state = () => valueOf(metrics, 'nano_model_breaker', { endpoint: 'e0' });
    for (let failure = 0; failure < 5; failure += 1)
      await expect(model.reply(messages, asked())).rejects.toMatchObject({ code: 'model_error' });
    expect(await state()).toBe(2);
    await expect(model.reply(messages, asked())).rejects.toMatchObject({
      kind: 'retryable',
      code: 'model_unavailable',
      retryAfterMs: 1_000,
    });
    expect(scripted.requests).toHaveLength(5);
    scripted.script = () => good;
    let replied = false;
    await until(() => {
      void model.reply(messages, asked()).then(
        () => (replied = true),
        () => undefined,
      );
      return replied;
    });
    expect(await state()).toBe(0);
  });

  it('is not set aside for what is the fault of the request', async () => {
    const { url, requests } = await server({ status: 400, message: 'maximum context length is 10' });
    const { model } = open([url]);
    for (let failure = 0; failure < 7; failure += 1)
      await expect(model.reply(messages, asked())).rejects.toMatchObject({ code: 'context_too_long' });
    expect(requests).toHaveLength(7);
  });
});

describe('several endpoints', () => {
  it('show what the catalogue in use has, and nothing of those that it had', async () => {
    const gate = Promise.withResolvers<void>();
    const { url } = await server({ texts: ['x'], after: gate.promise });
    const { model, metrics } = open([url, 'http://127.0.0.1:9/v1']);
    const shown = async (endpoint: string) => valueOf(metrics, 'nano_model_outstanding', { endpoint });
    const asking = model.reply(messages, asked());
    while ((await shown('e0')) !== 1) await sleep(5);
    const without = catalogueSchema.parse({
      endpoints: [{ name: 'e0', url, totalMs: 19_000 }],
      models: [{ name: 'scripted' }],
    });
    expect(model.use(without)).toBe(true);
    expect([await shown('e0'), await shown('e1')]).toEqual([0, undefined]);
    gate.resolve();
    await asking;
    expect([await shown('e0'), await shown('e1')]).toEqual([0, undefined]);
    expect(model.servers().map(({ name }) => name)).toEqual(['e0']);
  });

  it('share the load', async () => {
    const [a, b] = [await server({ texts: ['x'], delayMs: 50 }), await server({ texts: ['x'], delayMs: 50 })];
    const { model } = open([a.url, b.url]);
    await Promise.all(Array.from({ length: 8 }, () => model.reply(messages, asked())));
    expect([a.requests.length, b.requests.length]).toEqual([4, 4]);
  });

  it.each<[string, Behaviour]>([
    ['500', { status: 500 }],
    ['429', { status: 429, headers: { 'Retry-After': '60' } }],
    ['silence', { hang: true }],
    ['a cut reply', { cut: 'inside' }],
    ['an unknown model', { status: 404, message: 'no such model' }],
    ['a key that it refuses', { status: 401, message: 'no' }],
  ])('stand in for one another on %s', async (_, behaviour) => {
    const [bad, other] = [await server(behaviour), await server(good)];
    const { model } = open([bad.url, other.url], undefined, impatient);
    const reply = await model.reply(messages, asked());
    expect(reply).toMatchObject({ texts: ['SELECT 1'], endpoint: 'e1' });
    expect(reply).not.toHaveProperty('fallback');
  });

  it('begin the text anew when one takes over', async () => {
    const [bad, other] = [await server({ cut: 'inside' }), await server(good)];
    const told: [string, number][] = [];
    await open([bad.url, other.url]).model.reply(messages, asked({ onText: (...piece) => told.push(piece) }));
    expect(told).toEqual([
      ['SELECT', 0],
      ['SELECT', 0],
      [' 1', 6],
    ]);
  });

  it('are not asked in vain for a request at fault', async () => {
    const [bad, other] = [await server({ status: 400 }), await server(good)];
    await expect(open([bad.url, other.url]).model.reply(messages, asked())).rejects.toMatchObject({
      code: 'model_refused',
    });
    expect(other.requests).toHaveLength(0);
  });

  it('are tried again where the stand-in has no room for the prompt', async () => {
    const [bad, small] = [
      await server({ status: 503 }),
      await server({ status: 400, message: 'context window' }),
    ];
    const models = [
      { name: 'large', endpoints: ['e0'], priority: 1 },
      { name: 'small', endpoints: ['e1'] },
    ];
    await expect(open([bad.url, small.url], models).model.reply(messages, asked())).rejects.toMatchObject({
      kind: 'retryable',
      code: 'model_error',
    });
    expect(small.requests).toHaveLength(1);
  });

  it('fail as one when all fail', async () => {
    const [a, b] = [
      await server({ status: 429, headers: { 'Retry-After': '7' } }),
      await server({ status: 404 }),
    ];
    await expect(open([a.url, b.url]).model.reply(messages, asked())).rejects.toMatchObject({
      code: 'model_overloaded',
      retryAfterMs: 7_000,
    });
  });
});

describe('adapters', () => {
  const path = '/adapters/sql';
  const withAdapter = (adapter: object = {}) => [
    {
      name: 'base',
      gpuSeconds: { prompt: 2, completion: 30 },
      adapters: [{ name: 'sql', path, ...adapter }],
    },
  ];

  it('are loaded at run time, once', async () => {
    const scripted = await vllm(['base'], { sql: path });
    const { model } = open([scripted.url], withAdapter());
    const replies = await Promise.all([1, 2, 3].map(() => model.reply(messages, asked())));
    expect(replies.map((reply) => reply.model)).toEqual(['sql', 'sql', 'sql']);
    expect(replies[0]).toMatchObject({ gpuSeconds: 0.5 });
    expect(replies[0]).not.toHaveProperty('fallback');
    expect(scripted.adapterRequests).toEqual(['load sql']);
  });

  it('answer for their purposes and dialects only', async () => {
    const scripted = await vllm(['base', 'sql']);
    const { model } = open([scripted.url], withAdapter({ dialects: ['sqlite'], purposes: ['first'] }));
    const asks = [
      asked(),
      asked({ purpose: 'correction' }),
      asked({ dialect: 'postgres' }),
      asked({ purpose: 'explanation' }),
    ];
    const replies = await Promise.all(asks.map((options) => model.reply(messages, options)));
    expect(replies.map((reply) => reply.model)).toEqual(['sql', 'base', 'base', 'base']);
  });

  it.each<[string, object, string[], string]>([
    ['are missing', { path: undefined }, [], 'adapter_missing'],
    ['cannot be loaded', { path: '/elsewhere' }, ['load sql'], 'adapter_not_loaded'],
  ])('that %s leave the answer to the base, which is told', async (_, adapter, requests, reason) => {
    const scripted = await vllm(['base'], { sql: path });
    const { model, metrics } = open([scripted.url], withAdapter(adapter));
    const reply = await model.reply(messages, asked());
    expect(reply).toMatchObject({ model: 'base', fallback: { wanted: 'sql', reason } });
    await model.reply(messages, asked());
    expect(scripted.adapterRequests).toEqual(requests);
    expect(await valueOf(metrics, 'nano_model_fallbacks_total', { reason })).toBe(2);
  });

  it('are loaded again when the server was started anew', async () => {
    const scripted = await vllm(['base'], { sql: path });
    const { model } = open([scripted.url], withAdapter());
    await model.reply(messages, asked());
    scripted.vllm = { grammar: 'held', models: ['base'], loadable: { sql: path }, waiting: 0 };
    expect(await model.reply(messages, asked())).toMatchObject({ model: 'sql' });
    expect(scripted.adapterRequests).toEqual(['load sql', 'load sql']);
  });

  it('are asked where they are, of several endpoints', async () => {
    const [without, having] = [await vllm(['base']), await vllm(['base', 'sql'])];
    const reply = await open([without.url, having.url], withAdapter({ path: undefined })).model.reply(
      messages,
      asked(),
    );
    expect(reply).toMatchObject({ model: 'sql', endpoint: 'e1' });
  });
});

describe('another model', () => {
  it('answers when every endpoint of the better one fails, which is told', async () => {
    const [bad, other] = [await server({ status: 500 }), await server(good)];
    const { model } = open(
      [bad.url, other.url],
      [
        { name: 'small', endpoints: ['e1'] },
        { name: 'large', endpoints: ['e0'], priority: 1 },
      ],
    );
    expect(await model.reply(messages, asked())).toMatchObject({
      model: 'small',
      fallback: { wanted: 'large', reason: 'unavailable' },
    });
  });
});

describe('a grammar', () => {
  it.each([
    ['held', true],
    ['ignored', false],
    ['refused', false],
  ] as const)('is sent to a vLLM by which one is %s: %s', async (grammar, sent) => {
    const scripted = await vllm(['scripted']);
    scripted.vllm = { grammar, models: ['scripted'], loadable: {}, waiting: 0 };
    const reply = await open([scripted.url]).model.reply(messages, asked({ grammar: 'root ::= "SELECT 1"' }));
    expect(reply.constrained).toBe(sent);
    expect(scripted.requests[0]?.grammar).toBe(sent ? 'root ::= "SELECT 1"' : undefined);
  });

  it('is not sent to other servers', async () => {
    const scripted = await server();
    expect(await open([scripted.url]).model.reply(messages, asked({ grammar: 'x' }))).toMatchObject({
      constrained: false,
    });
    expect(scripted.requests[0]?.grammar).toBeUndefined();
  });

  it('that the server refuses once it has begun its stream is left out', async () => {
    const scripted = await vllm(['scripted']);
    scripted.script = ({ grammar }) =>
      grammar === undefined ? good : { streamedError: { message: 'Invalid grammar', code: 400 } };
    const reply = await open([scripted.url]).model.reply(messages, asked({ grammar: 'x' }));
    expect(reply).toMatchObject({ texts: ['SELECT 1'], constrained: false });
  });

  it('that the server refuses is left out', async () => {
    const scripted = await vllm(['scripted']);
    scripted.script = ({ grammar }) =>
      grammar === undefined ? good : { status: 400, message: 'bad grammar' };
    const reply = await open([scripted.url]).model.reply(messages, asked({ grammar: 'x' }));
    expect(reply).toMatchObject({ texts: ['SELECT 1'], constrained: false });
  });
});

describe('limits', () => {
  it('are the catalogue, else what the server tells, else unknown', async () => {
    const [told, other] = [await vllm(['scripted']), await server()];
    const wanted = { purpose: 'first', dialect: 'sqlite' } as const;
    const of = (url: string, model: object) =>
      open([url], [{ name: 'scripted', ...model }]).model.limits(wanted);
    expect(await of(told.url, { contextTokens: 2048, maxTokens: 99 })).toEqual({
      contextTokens: 2048,
      maxTokens: 99,
    });
    expect(await of(told.url, {})).toEqual({ contextTokens: 4096, maxTokens: 512 });
    const adapters = [{ name: 'sql', template: 'llama3', purposes: ['correction'] }];
    const named = { contextTokens: 2048, template: 'chat', adapters };
    expect(await of(told.url, named)).toMatchObject({ template: 'chat' });
    const { model } = open([told.url], [{ name: 'scripted', ...named }]);
    expect(await model.limits({ ...wanted, purpose: 'correction' })).toMatchObject({ template: 'llama3' });
    expect(await of(other.url, {})).toMatchObject({ contextTokens: null });
    expect(await of('http://127.0.0.1:1/v1', {})).toMatchObject({ contextTokens: null });
  });
});
