import { describe, expect, it } from '@jest/globals';
import type { AppProcess, DatasourceFacts, Diagnostics, QueueFacts } from '#shared/contracts/diagnostics';
import packageJson from '#package.json' with { type: 'json' };
import { judgeReport } from './deployment.js';

const now = Date.parse('2026-06-01T12:00:00Z');
const minutes = (count: number) => count * 60_000;
const days = (count: number) => count * 24 * 60 * minutes(1);

const appOf = (app: string, change: Partial<AppProcess> = {}): AppProcess => ({
  ...{ app, host: `${app}-1`, version: packageJson.version, startedAt: '2026-06-01T10:00:00.000Z' },
  ...{ silentMs: 4_000, clockAheadMs: 20, facts: { parts: { queue: { status: 'up', backend: 'redis' } } } },
  ...change,
});
const served = {
  endpoint: 'default',
  url: 'http://vllm:8000/v1',
  kind: 'vllm',
  breaker: 'closed' as const,
  models: [{ name: 'base', base: null, state: 'served' as const, inCatalogue: true }],
};
const generator = (server: object, change: Partial<AppProcess> = {}) =>
  appOf('generator', { facts: { parts: {}, modelServers: [{ ...served, ...server }] }, ...change });
const queueOf = (queue: string, change: Partial<QueueFacts> = {}): QueueFacts => ({
  ...{ queue, waiting: 0, active: 0, delayed: 0, oldestSeconds: 0, deadLetters: 0, deadLetterCodes: [] },
  ...change,
});
const datasource = (change: Partial<DatasourceFacts> = {}): DatasourceFacts => ({
  ...{ name: 'shop', status: 'ready', hasSnapshot: true, error: null, refreshSeconds: null },
  ...{ changedMs: minutes(5) },
  ...change,
});
const apps = [appOf('gateway'), appOf('retriever'), generator({}), appOf('executor')];
const without = (app: string) => apps.filter((each) => each.app !== app);
const database = { version: '18.0', connections: 20, connectionLimit: 100, missingMigrations: [] };
const redis = {
  ...{ version: '8.2.0', maxmemoryPolicy: 'noeviction', hasAof: true, isPersisting: true },
  ...{ evictedKeys: 0, usedBytes: 1, limitBytes: 100 },
};
const well: Diagnostics = {
  ...{ version: packageJson.version, at: new Date(now).toISOString(), keys: [{ expiresAt: null }] },
  ...{ database, queueBackend: 'redis', redis: [redis], queues: [queueOf('generate')], apps },
  ...{ datasources: [datasource()], openQueries: { open: 1, limit: 10 } },
};

const judged = (change: Partial<Diagnostics>) => judgeReport({ ...well, ...change }, { at: now, tookMs: 10 });
const dead = (code: string, newestAt: number) =>
  queueOf('generate', {
    deadLetters: 2,
    deadLetterCodes: [{ code, count: 2, newestAt: new Date(newestAt).toISOString() }],
  });

describe('the doctor on the report of a gateway', () => {
  it('has nothing against a deployment that is well', () =>
    expect(judged({}).filter(({ status }) => status !== 'ok')).toEqual([]));

  it.each<[string, Partial<Diagnostics>, string, 'ok' | 'warn' | 'fail', RegExp, RegExp]>([
    ['another version', { version: '0.0.1' }, 'version', 'warn', /0\.0\.1/, /the \.\/nano of the version/],
    [
      'a key that has expired',
      { keys: [{ expiresAt: null }, { expiresAt: new Date(now - 1_000).toISOString() }] },
      ...(['api key', 'warn', /^key 2 has expired$/, /nanokeyexpires/] as const),
    ],
    [
      'a clock that is wrong',
      { at: new Date(now - minutes(5)).toISOString() },
      ...(['clock', 'warn', /^the gateway is 300000 ms behind/, /time server/] as const),
    ],
    [
      'a database that is away',
      { database: { error: 'connect ECONNREFUSED' } },
      ...(['state database', 'fail', /ECONNREFUSED/, /DATABASE_URL/] as const),
    ],
    [
      'migrations that lack',
      { database: { ...database, missingMigrations: ['0099_next'] } },
      ...(['state database', 'fail', /0099_next/, /migrate\.main\.js/] as const),
    ],
    [
      'connections that run out',
      { database: { ...database, connections: 95 } },
      ...(['state database', 'warn', /95 of 100/, /max_connections/] as const),
    ],
    [
      'a queue that is away',
      { queues: { error: 'no answer in 2000 ms' } },
      ...(['queue', 'fail', /Redis does not answer/, /nanoqueueaway/] as const),
    ],
    ['a Redis that hides', { redis: { error: 'NOPERM' } }, 'queue', 'warn', /does not say/, /INFO/],
    [
      'a Redis without its file',
      { redis: [{ ...redis, hasAof: false }] },
      ...(['queue', 'warn', /no append-only file/, /appendonly/] as const),
    ],
    [
      'a backlog',
      { queues: [queueOf('execute', { waiting: 9, oldestSeconds: 45 })] },
      ...(['queue: execute', 'warn', /9 waiting.*for 45 s/, /More executors.*nanobacklogold/] as const),
    ],
    [
      'dead letters',
      { queues: [dead('model_refused', now - minutes(3))] },
      ...(['queue: generate', 'warn', /2 set aside with model_refused/, /nanodeadletters/] as const),
    ],
    [
      'too many questions',
      { openQueries: { open: 10, limit: 10 } },
      'open queries',
      'warn',
      /429/,
      /refused/,
    ],
    ['no executor', { apps: without('executor') }, 'executors', 'fail', /none lives/, /logs executor/],
    [
      'a generator that fell silent',
      { apps: [...without('generator'), generator({}, { silentMs: 90_000 })] },
      ...(['generators', 'fail', /generator-1 was last heard of 90 s ago/, /logs generator/] as const),
    ],
    [
      'one of two that fell silent',
      { apps: [...apps, appOf('executor', { host: 'executor-2', silentMs: 90_000 })] },
      ...(['executors', 'warn', /1 live \(executor-1\); executor-2 was/, /memory/] as const),
    ],
    [
      'a rollout in the middle',
      { apps: [...without('executor'), appOf('executor', { version: '0.0.1' })] },
      ...(['executors', 'warn', /executor-1 is 0\.0\.1/, /rollout/] as const),
    ],
    [
      'a part that is down',
      {
        apps: [
          ...without('retriever'),
          appOf('retriever', { facts: { parts: { index: { status: 'down', message: 'Qdrant is away' } } } }),
        ],
      },
      ...(['retriever: index', 'fail', /down, message Qdrant is away/, /QDRANT_URL/] as const),
    ],
    [
      'an index that is empty',
      {
        apps: [
          ...without('retriever'),
          appOf('retriever', { facts: { parts: { index: { status: 'up', points: 0 } } } }),
        ],
      },
      ...(['retriever: index', 'warn', /empty/, /datasource refresh/] as const),
    ],
    [
      'a process with a clock of its own',
      { apps: [...without('executor'), appOf('executor', { clockAheadMs: 7_000 })] },
      ...(['executor: clock', 'warn', /7000 ms ahead of PostgreSQL/, /time server/] as const),
    ],
    [
      'a model server that is away',
      { apps: [...without('generator'), generator({ error: 'fetch failed', models: [] })] },
      ...(['model: default', 'fail', /vllm:8000.*fetch failed/, /model server runs/] as const),
    ],
    [
      'an adapter that is not served',
      {
        apps: [
          ...without('generator'),
          generator({
            models: [...served.models, { name: 'sql', base: 'base', state: 'missing', inCatalogue: true }],
          }),
        ],
      },
      ...(['model: default', 'warn', /does not serve sql/, /adapter/] as const),
    ],
    [
      'a breaker that is open',
      { apps: [...without('generator'), generator({ breaker: 'open' })] },
      ...(['model: default', 'warn', /breaker open/, /nanobreakeropen/] as const),
    ],
    ['no datasource', { datasources: [] }, 'datasources', 'warn', /none/, /datasource add/],
    [
      'a datasource that was never read',
      {
        datasources: [
          datasource({
            ...{ status: 'failed', hasSnapshot: false },
            error: { code: 'database_unreachable', message: 'no route' },
          }),
        ],
      },
      ...(['datasource: shop', 'fail', /database_unreachable, no route/, /refresh shop/] as const),
    ],
    [
      'one whose refresh failed',
      { datasources: [datasource({ error: { code: 'database_unreachable', message: 'no route' } })] },
      ...(['datasource: shop', 'warn', /snapshot from before serves/, /refresh shop/] as const),
    ],
    [
      'one whose schedule is not kept',
      { datasources: [datasource({ refreshSeconds: 3_600, changedMs: minutes(300) })] },
      ...(['datasource: shop', 'warn', /5 h ago, though every 60 min/, /queue: index/] as const),
    ],
    [
      'one that nobody refreshes',
      { datasources: [datasource({ changedMs: days(45) })] },
      ...(['datasource: shop', 'warn', /45 days ago/, /schedule shop/] as const),
    ],
    [
      'one that is indexed for ever',
      { datasources: [datasource({ status: 'indexing', changedMs: minutes(40) })] },
      ...(['datasource: shop', 'warn', /40 min/, /log of the retriever/] as const),
    ],
  ])('names %s, and the mend', (_, change, name, status, detail, mend) => {
    const line = judged(change).find((each) => each.name === name && each.status !== 'ok');
    expect(line).toMatchObject({ status });
    expect(line?.detail).toMatch(detail);
    expect(line?.mend).toMatch(mend);
  });

  it('makes nothing of dead letters that are old, or that nothing is to be done about', () => {
    for (const queue of [dead('model_refused', now - days(3)), dead('not_answerable', now)])
      expect(judged({ queues: [queue] }).find(({ name }) => name === 'queue: generate')?.status).toBe('ok');
  });

  it('says once what several generators see alike, and whose is another view', () => {
    const second = { host: 'generator-2' };
    const names = (...generators: AppProcess[]) =>
      judged({ apps: [...without('generator'), ...generators] }).filter(
        ({ name }) => name === 'model: default',
      );
    expect(names(generator({}), generator({}, second))).toHaveLength(1);
    expect(names(generator({}), generator({ error: 'fetch failed' }, second))).toMatchObject([
      { status: 'ok' },
      { status: 'fail', detail: expect.stringContaining('generator-2: ') },
    ]);
  });
});
