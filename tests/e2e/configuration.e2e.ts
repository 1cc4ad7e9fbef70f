import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanups } from '../support/cleanups.js';
import { testServers } from '../support/servers.js';
import { createStateDatabase } from '../support/database.js';
import { type AppName, AppProcess } from '../support/stack.js';

const cleanup = cleanups();
const key = Buffer.alloc(32, 7).toString('base64');
let good: Record<string, string>;

beforeAll(async () => {
  const database = await createStateDatabase(testServers().postgresUrl);
  cleanup(() => database.drop());
  good = {
    DATABASE_URL: database.url,
    NANO_MASTER_KEY: key,
    LLM_BASE_URL: 'http://127.0.0.1:1/v1',
    LLM_MODEL: 'm',
    LOG_LEVEL: 'warn',
    GATEWAY_PORT: '0',
    RETRIEVER_PORT: '0',
    GENERATOR_PORT: '0',
    EXECUTOR_PORT: '0',
    QUEUE_PREFIX: database.url.split('/').at(-1)!,
  };
});

/** What the app says when it does not start; null when it does. */
async function refusal(name: AppName, environment: Record<string, string>): Promise<string | null> {
  const app = new AppProcess(name, { ...good, ...environment });
  try {
    await app.start();
    expect(await app.end('SIGTERM')).toBe(0);
    return null;
  } catch (error) {
    expect(String(error)).toContain(`${name} ended with 1`);
    return app.log;
  }
}

describe('a gateway', () => {
  it('that listens for others refuses to start without a key, and starts with one', async () => {
    for (const host of ['0.0.0.0', '::'])
      expect(await refusal('gateway', { GATEWAY_HOST: host })).toContain(
        `NANO_API_KEYS: must be set when the gateway listens on ${host}`,
      );
    expect(await refusal('gateway', { GATEWAY_HOST: '0.0.0.0', NANO_API_KEYS: 'a'.repeat(16) })).toBeNull();
  });

  it('names an address that it cannot listen on', async () => {
    const message = await refusal('gateway', { GATEWAY_HOST: '192.0.2.1', NANO_API_KEYS: 'a'.repeat(16) });
    expect(message).toContain('gateway cannot start. listen EADDRNOTAVAIL');
  });

  it('names every wrong value at once, and shows none', async () => {
    const wrong = {
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      DATABASE_POOL_SIZE: '1',
      QUEUE_URL: 'redis://:hunter2@',
      QUEUE_PREFIX: 'a b',
      LOG_LEVEL: 'loud',
      NANO_MASTER_KEY: 'hunter2',
      GATEWAY_PORT: '70000',
      NANO_API_KEYS: 'hunter2',
      NANO_DEFAULT_DATASOURCE: 'No Name',
      MAX_OPEN_QUERIES: '0',
      QUERY_DEADLINE_MS: '1e12',
      MAX_CORRECTIONS: '6',
      RECONCILE_PERIOD_MS: '3000000000',
    };
    const message = await refusal('gateway', wrong);
    for (const name of Object.keys(wrong)) expect(message).toMatch(new RegExp(`^  ${name}: \\S`, 'm'));
    expect(message).not.toContain('hunter2');
    expect(message).toContain('docs/configuration.md');
  });

  it('takes an empty value as none', async () => {
    expect(await refusal('gateway', { NANO_API_KEYS: '', QUEUE_URL: '', SQLITE_ROOT: '' })).toBeNull();
  });

  it('names a database that it cannot reach', async () => {
    const message = await refusal('gateway', { DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/none' });
    expect(message).toMatch(/cannot start\. .*ECONNREFUSED/);
    expect(message).not.toContain('hunter2');
  });
});

describe('a worker', () => {
  it.each<[AppName, Record<string, string>]>([
    ['retriever', { RETRIEVER_CONCURRENCY: '0', CONTEXT_TABLES: 'x', NANO_MASTER_KEY: '' }],
    ['generator', { LLM_BASE_URL: 'localhost:8000', LLM_TIMEOUT_MS: '-1', LLM_MAX_TOKENS: '0.5' }],
    ['executor', { EXECUTOR_CONCURRENCY: '-3', EXECUTOR_PORT: 'http', NANO_MASTER_KEY: 'AAAA' }],
  ])('names every wrong value: %s', async (name, wrong) => {
    const message = await refusal(name, wrong);
    for (const variable of Object.keys(wrong))
      expect(message).toMatch(new RegExp(`^  ${variable}: \\S`, 'm'));
  });
});
