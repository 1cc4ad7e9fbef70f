import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanups } from '../support/cleanups.js';
import { ApiClient, until } from '../support/client.js';
import type { DescribedApi } from '../support/described-api.js';
import { startRedis, startRedisAt, type TestRedis } from '../support/redis.js';
import { startService } from '../support/service.js';
import { countPeople } from '../support/small-database.js';
import type { Stack } from '../support/stack.js';

const cleanup = cleanups();
let redis: TestRedis;
let stack: Stack;
let api: DescribedApi;

beforeAll(async () => {
  redis = await startRedis();
  cleanup(() => redis.stop());
  ({ api, stack } = await startService(cleanup, {
    queue: redis,
    environment: { RECONCILE_PERIOD_MS: '500', QUERY_DEADLINE_MS: '60000' },
  }));
});

afterEach(() => redis.signal('SIGCONT'));

it('a frozen Redis: questions are taken, deadlines hold, everything says what is wrong, and goes on', async () => {
  redis.signal('SIGSTOP');
  const [kept, late] = await Promise.all([
    api.ask({ question: 'How many people?' }),
    api.ask({ question: 'How many people, quickly?' }),
  ]);
  expect([kept.status, late.status]).toEqual([202, 202]);
  await stack.sql(`update query set deadline_at = now() where id = '${late.body.id}'`);
  for (const app of stack.everything()) {
    const metrics = await fetch(`${app.url}/metrics`);
    expect(await metrics.text()).toContain('nano_');
    const ready = await new ApiClient(app.url).request('GET', '/readyz');
    expect(ready).toMatchObject({
      status: 503,
      body: { status: 'error', details: { queue: { status: 'down' }, database: { status: 'up' } } },
    });
    expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
  }
  expect((await api.request('POST', '/v1/datasources/small/refresh')).status).toBe(202);
  const ended = await api.ended(late.body.id, 10_000);
  expect(ended).toMatchObject({ status: 'failed', error: { code: 'deadline_exceeded', stage: 'retrieve' } });
  redis.signal('SIGCONT');
  expect(await api.ended(kept.body.id, 20_000)).toMatchObject({
    status: 'succeeded',
    rows: countPeople.rows,
  });
  await until(10_000, 'readiness', async () =>
    (await api.request('GET', '/readyz')).status === 200 ? true : undefined,
  );
});

it('a Redis that is gone and comes back empty: what was taken in between is answered', async () => {
  const { port } = redis;
  await redis.stop();
  const { status, body } = await api.ask({ question: 'How many people?' });
  expect(status).toBe(202);
  redis = await startRedisAt(port);
  expect(await api.ended(body.id, 30_000)).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
});

it('a Redis that is gone keeps no app from stopping', async () => {
  redis.signal('SIGSTOP');
  // Longer than a worker waits for a job before it asks again: nothing of it gets an answer then.
  await sleep(6_000);
  const asked = api.ask({ question: 'How many people?' }).catch(() => undefined);
  const started = performance.now();
  expect(await Promise.all(stack.everything().map((app) => app.end('SIGTERM')))).toEqual([0, 0, 0, 0]);
  // An orchestrator kills after 30 s.
  expect(performance.now() - started).toBeLessThan(20_000);
  await asked;
});
