import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Queue } from 'bullmq';
import type { Context } from '#shared/contracts/context';
import { openStatuses, type QueryStatus } from '#shared/contracts/query';
import { createPool } from '#shared/persistence/database';
import { type JobName, jobId } from '#shared/queue/catalogue';
import { cleanups } from '../support/cleanups.js';
import { until } from '../support/client.js';
import type { DescribedApi } from '../support/described-api.js';
import { insertQuery } from '../support/queries.js';
import { openRawQueues } from '../support/raw-queues.js';
import type { ScriptedModel } from '../support/scripted-model.js';
import { queueKinds } from '../support/servers.js';
import { startService } from '../support/service.js';
import { countPeople } from '../support/small-database.js';

const context: Context = {
  dialect: 'sqlite',
  fingerprint: 'f',
  tables: [{ name: 'person', card: 'table person', via: 'match', score: 1 }],
  joinPaths: [],
  values: [],
  examples: [],
};
const untouchedMs = 60_000;
const stageOf = {
  queued: 'retrieve',
  retrieving: 'retrieve',
  generating: 'generate',
  executing: 'execute',
} as const;

describe.each(queueKinds)('two reconcilers on %s', (kind) => {
  const cleanup = cleanups();
  let model: ScriptedModel;
  let api: DescribedApi;
  let pool: ReturnType<typeof createPool>;
  let queues: Record<JobName, Queue>;
  let datasourceId: string;

  beforeAll(async () => {
    const service = await startService(cleanup, {
      queue: kind,
      copies: { gateway: 2 },
      environment: { RECONCILE_PERIOD_MS: '500', RETENTION_DAYS: '30' },
    });
    ({ api, model, datasourceId } = service);
    pool = createPool(service.stack.databaseUrl, 4);
    cleanup(() => pool.end());
    const raw = openRawQueues(service.stack);
    cleanup(() => raw.close());
    queues = raw.queues;
  });

  const inStatus = (
    status: QueryStatus,
    attempt = status === 'queued' || status === 'retrieving' ? 0 : 1,
  ) => ({
    status,
    attempt,
    ...(attempt > 0 && { context }),
    ...(status === 'executing' && { proposed: countPeople.sql }),
  });

  it.each([...openStatuses])('go on with a query that is %s and has no job', async (status) => {
    const id = await insertQuery({ pool }, { datasourceId, untouchedMs, ...inStatus(status) });
    expect(await api.ended(id, 10_000)).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
  });

  it('do it once for each of many', async () => {
    model.requests.length = 0;
    const ids = await Promise.all(
      Array.from({ length: 50 }, () => insertQuery({ pool }, { datasourceId, untouchedMs })),
    );
    for (const id of ids) expect((await api.ended(id, 20_000)).status).toBe('succeeded');
    expect(model.requests).toHaveLength(ids.length);
    const { rows } = await pool.query(
      'select query_id from query_event where query_id = any($1) group by 1 having count(*) <> 5',
      [ids],
    );
    expect(rows).toEqual([]);
  });

  it.each([...openStatuses])('end a query that is %s past its deadline', async (status) => {
    const id = await insertQuery({ pool }, { datasourceId, deadlineMs: -1, ...inStatus(status) });
    const error = { code: 'deadline_exceeded', stage: stageOf[status] };
    expect(await api.ended(id, 5_000)).toMatchObject({ status: 'failed', error });
  });

  it.each([...openStatuses])('end a query that is %s and whose job was set aside', async (status) => {
    const stage = stageOf[status];
    const query = { datasourceId, untouchedMs: 0, ...inStatus(status) };
    // The job is dead before there is a query: its worker finds nothing to end.
    const id = await insertQuery({ pool }, { ...query, status: 'cancelled' });
    const deadId = jobId(stage, { queryId: id, attempt: query.attempt });
    const job = await queues[stage].add(stage, {}, { jobId: deadId });
    await until(5_000, 'the failed job', async () =>
      (await job.getState()) === 'failed' ? true : undefined,
    );
    await pool.query(`update query set status = $2, updated_at = now() - interval '1 minute' where id = $1`, [
      id,
      status,
    ]);
    expect(await api.ended(id, 5_000)).toMatchObject({
      status: 'failed',
      error: { code: 'worker_crashed', stage },
    });
  });

  it('delete a query that ended longer ago than it is kept, and no other', async () => {
    const [old, young] = await Promise.all(
      [40, 20].map((madeDaysAgo) =>
        insertQuery({ pool }, { datasourceId, status: 'succeeded', madeDaysAgo }),
      ),
    );
    await until(10_000, 'the old query to be gone', async () =>
      (await api.request('GET', `/v1/queries/${old}`)).status === 404 ? true : undefined,
    );
    expect((await api.request('GET', `/v1/queries/${young}`)).status).toBe(200);
  });

  it('index a datasource that is stuck in indexing, and end one whose job was set aside', async () => {
    const stuck = `update datasource set status = 'indexing', updated_at = now() - interval '1 minute' where id = $1`;
    await pool.query(stuck, [datasourceId]);
    const shows = (status: string, code?: string) =>
      until(10_000, `the datasource to be ${status}`, async () => {
        const { body } = await api.request<{ status: string; error?: { code: string } }>(
          'GET',
          '/v1/datasources/small',
        );
        return body.status === status && body.error?.code === code ? true : undefined;
      });
    await shows('ready');
    const job = await queues.index.add('index', {}, { jobId: jobId('index', { datasourceId }) });
    await until(5_000, 'the failed job', async () =>
      (await job.getState()) === 'failed' ? true : undefined,
    );
    await pool.query(stuck, [datasourceId]);
    await shows('ready', 'worker_crashed');
    await api.request('POST', '/v1/datasources/small/refresh');
    await shows('ready');
  });
});
