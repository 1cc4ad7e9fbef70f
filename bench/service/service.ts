import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSamples } from '../../samples/src/build.js';
import { runLoad } from '../load.js';
import { Processes } from '../machine/processes.js';
import type { Backend, Subject } from '../subject.js';
import { ApiClient } from './api-client.js';

/** What the database does for it should cost nothing beside the pipeline: one row by its key. */
const question = 'What is the name of the customer with id 7?';
const sql = 'SELECT name FROM customers WHERE id = 7';
const datasource = 'shop';
const indexingMs = 30_000;

/** The whole service over HTTP: four apps as processes of their own, and a model server that replies at once. */
export async function startService(backend: Backend, profiles: string | null): Promise<Subject> {
  const { ask, pids, close } = await openService(backend, profiles);
  const load: Subject['load'] = (measured) =>
    runLoad(async () => {
      await ask();
    }, measured);
  return { load, pids: { ...pids, client: process.pid }, close };
}

interface OpenService {
  /** One question, to its answer. @throws when it is not answered */
  ask: () => Promise<Answered>;
  pids: Subject['pids'];
  close: () => Promise<void>;
}

interface Answered {
  status: string;
  rows: unknown[];
  timings: { generate: number };
}

export async function openService(backend: Backend, profiles: string | null): Promise<OpenService> {
  const processes = new Processes(profiles);
  const folder = mkdtempSync(join(tmpdir(), 'nano-bench-service-'));
  processes.closeWith(async () => rmSync(folder, { recursive: true, force: true }));
  const client = new ApiClient(await startApps(processes, backend, folder));
  processes.closeWith(async () => client.close());
  await registerShop(client, join(folder, 'samples'));
  return { ask: () => ask(client), pids: processes.pids, close: () => processes.close() };
}

/** Returns the URL of the gateway. */
async function startApps(processes: Processes, backend: Backend, folder: string): Promise<string> {
  const databaseUrl = await processes.startPostgres();
  const model = await processes.start('model server', {
    file: 'bench/service/model-server.js',
    args: [sql],
    ready: /ready at (\S+)/u,
  });
  const environment = {
    DATABASE_URL: databaseUrl,
    ...(backend === 'redis' && { QUEUE_URL: await processes.startRedis() }),
    NANO_MASTER_KEY: randomBytes(32).toString('base64'),
    NANO_HOME: folder,
    LLM_BASE_URL: model.said,
    LLM_MODEL: 'fixed',
    LOG_FILE: join(folder, 'nano.log'),
    GATEWAY_PORT: '0',
    RETRIEVER_PORT: '0',
    GENERATOR_PORT: '0',
    EXECUTOR_PORT: '0',
  };
  const start = (app: string) =>
    processes.start(app, { file: `apps/${app}/src/main.js`, env: environment, ready: /listens at (\S+)/u });
  const gateway = await start('gateway');
  await Promise.all(['retriever', 'generator', 'executor'].map(start));
  return gateway.said;
}

async function registerShop(client: ApiClient, folder: string): Promise<void> {
  const sample = buildSamples(folder).find(({ name }) => name === datasource);
  const connection = { dialect: 'sqlite', file: sample?.path };
  await client.call('POST', '/v1/datasources', 201, { name: datasource, connection });
  const deadline = Date.now() + indexingMs;
  for (;;) {
    const { status } = await client.call<{ status: string }>('GET', `/v1/datasources/${datasource}`, 200);
    if (status === 'ready') return;
    if (status === 'failed' || Date.now() > deadline) throw new Error(`The datasource is ${status}.`);
    await sleep(50);
  }
}

async function ask(client: ApiClient): Promise<Answered> {
  const wait = { prefer: 'wait=30' };
  const query = await client.call<Answered>('POST', '/v1/queries', 200, { question, datasource }, wait);
  if (query.status !== 'succeeded' || query.rows.length === 0)
    throw new Error(`A query ended wrongly: ${JSON.stringify(query)}`);
  return query;
}
