import { request } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { cleanups } from '../support/cleanups.js';
import { ApiClient, until } from '../support/client.js';
import { createStateDatabase } from '../support/database.js';
import type { ScriptedModel } from '../support/scripted-model.js';
import { testServers } from '../support/servers.js';
import { startService } from '../support/service.js';
import { AppProcess } from '../support/stack.js';

const cleanup = cleanups();
let model: ScriptedModel;
let gateway: AppProcess;
let api: ApiClient;

beforeAll(async () => {
  const service = await startService(cleanup, {
    script: () => ({ hang: true }),
    environment: { LLM_TIMEOUT_MS: '3000' },
  });
  gateway = service.stack.all('gateway')[0]!;
  model = service.model;
});
beforeEach(() => {
  api = new ApiClient(gateway.url);
});

it('a gateway that is told to stop answers the requests that it has, and stops then', async () => {
  const asked = Promise.all(
    Array.from({ length: 3 }, () => api.ask({ question: 'How many?' }, { Prefer: 'wait=2' })),
  );
  await waitForRequests(3);
  const started = performance.now();
  expect(await gateway.end('SIGTERM')).toBe(0);
  expect((await asked).map(({ status }) => status)).toEqual([202, 202, 202]);
  expect(performance.now() - started).toBeLessThan(8_000);
  await gateway.start();
});

it('a gateway that is told to stop refuses nobody who still reaches it, and lets nobody come again', async () => {
  const before = model.requests.length;
  const { hostname, port } = new URL(gateway.url);
  const unused = await connected(hostname, Number(port));
  const asked = api.ask({ question: 'How many?' }, { Prefer: 'wait=2' });
  await waitForRequests(before + 1);
  const stopped = gateway.end('SIGTERM');
  await until(5_000, 'the end of listening', async () =>
    (await connected(hostname, Number(port)).catch(() => null)) === null ? true : undefined,
  );
  // A load balancer opens connections ahead: nothing tells it that this one is too late.
  const late = await exchange(unused, 'POST', '/v1/queries', { question: 'How many more?' });
  expect(late).toMatchObject({ status: 202, connection: 'close' });
  const { status, headers } = await asked;
  expect({ status, connection: headers.get('connection') }).toEqual({ status: 202, connection: 'close' });
  expect(await stopped).toBe(0);
  await gateway.start();
});

it('a gateway that is told to stop ends its event streams, which resume at the next one', async () => {
  const { body } = await api.ask({ question: 'How many?' });
  expect((await api.events(body.id, 0, 3)).at(-1)?.status).toBe('generating');
  const stream = api.events(body.id);
  const started = performance.now();
  // Once the stream runs, the first events are in it.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await gateway.end('SIGTERM')).toBe(0);
  expect((await stream).map((event) => event.id)).toEqual([1, 2, 3]);
  expect(performance.now() - started).toBeLessThan(8_000);
  await gateway.start();
  const next = new ApiClient(gateway.url);
  await next.request('DELETE', `/v1/queries/${body.id}`);
  expect((await next.events(body.id, 3)).map((event) => event.status)).toEqual(['cancelled']);
});

it('an app that is told to stop while it starts ends cleanly once it has', async () => {
  const state = await createStateDatabase(testServers().postgresUrl);
  const gate = await startGate(state.url);
  const app = new AppProcess('gateway', {
    DATABASE_URL: gate.url,
    NANO_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    GATEWAY_PORT: '0',
  });
  try {
    const started = app.start();
    await gate.reached;
    const ended = app.end('SIGTERM');
    gate.open();
    await started;
    expect(await ended).toBe(0);
  } finally {
    await app.end('SIGKILL');
    await gate.stop();
    await state.drop();
  }
});

function connected(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => resolve(socket)).once('error', reject);
  });
}

/** One request on a connection that is there already. */
function exchange(socket: Socket, method: string, path: string, body: object) {
  const text = JSON.stringify(body);
  const headers = {
    connection: 'keep-alive',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  };
  return new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
    const sent = request({ method, path, headers, createConnection: () => socket });
    sent.once('error', reject).once('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode, connection: response.headers.connection });
    });
    sent.end(text);
  });
}

/** Stands before a database and lets nothing through until it is opened. */
async function startGate(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const reached = Promise.withResolvers<undefined>();
  const opened = Promise.withResolvers<undefined>();
  const server = createServer((client) => {
    reached.resolve(undefined);
    client.on('error', () => client.destroy());
    void opened.promise.then(() => {
      const database = connect(Number(target.port), target.hostname);
      database.on('error', () => client.destroy());
      database.pipe(client).pipe(database);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    reached: reached.promise,
    open: () => opened.resolve(undefined),
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function waitForRequests(count: number): Promise<void> {
  while (model.requests.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
}
