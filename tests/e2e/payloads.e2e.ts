import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { createPool } from '#shared/persistence/database';
import { jobId, type JobName, jobNames } from '#shared/queue/catalogue';
import { cleanups } from '../support/cleanups.js';
import { until } from '../support/client.js';
import type { DescribedApi } from '../support/described-api.js';
import { insertQuery } from '../support/queries.js';
import { openRawQueues } from '../support/raw-queues.js';
import type { ScriptedModel } from '../support/scripted-model.js';
import { queueKinds } from '../support/servers.js';
import { startService } from '../support/service.js';
import { countPeople } from '../support/small-database.js';
import type { Stack } from '../support/stack.js';

const stages = ['retrieve', 'generate', 'execute'] as const;
const noId: [string, unknown][] = [
  ['a text', 'retrieve me'],
  ['null', null],
  ['a list', [[[]]]],
  ['an empty object', {}],
  ['an id that is SQL', { queryId: "'; drop table query; --", attempt: 0 }],
  ['a very long text', { queryId: 'x'.repeat(200_000), attempt: 0 }],
  ['__proto__', JSON.parse('{"__proto__":{"queryId":"x"},"attempt":0}')],
];

describe.each(queueKinds)('what our apps would never put in a queue, on %s', (kind) => {
  const cleanup = cleanups();
  let model: ScriptedModel;
  let stack: Stack;
  let api: DescribedApi;
  let pool: ReturnType<typeof createPool>;
  let queues: Record<JobName, Queue>;
  let datasourceId: string;

  beforeAll(async () => {
    ({ api, model, stack, datasourceId } = await startService(cleanup, { queue: kind }));
    pool = createPool(stack.databaseUrl, 4);
    cleanup(() => pool.end());
    const raw = openRawQueues(stack);
    cleanup(() => raw.close());
    queues = raw.queues;
  });

  async function expectSetAside(name: JobName, id: string): Promise<void> {
    const job = await until(10_000, `the failed ${name} job`, async () => {
      const failed = (await queues[name].getJobState(id)) === 'failed';
      return failed ? queues[name].getJob(id) : undefined;
    });
    expect(job.failedReason).toMatch(/^payload_invalid: The payload of .+ is not valid: ./);
    expect(job.attemptsMade).toBe(1);
  }

  it.each(noId)('sets %s aside in every queue and goes on', async (_, data) => {
    for (const name of jobNames) {
      const job = await queues[name].add(name, data, { attempts: 10, backoff: 1 });
      await expectSetAside(name, job.id!);
    }
    expect((await api.answer({ question: 'How many people?' })).status).toBe('succeeded');
  });

  it.each(stages)('fails the query of a %s job whose payload names it but is not valid', async (stage) => {
    const status = ({ retrieve: 'queued', generate: 'generating', execute: 'executing' } as const)[stage];
    const named = await insertQuery({ pool }, { datasourceId, status });
    const byJob = await insertQuery({ pool }, { datasourceId, status });
    const first = await queues[stage].add(stage, { queryId: named, attempt: 'one' }, { attempts: 10 });
    const second = await queues[stage].add(stage, 7, { attempts: 10, jobId: `${byJob}-${stage}-0` });
    await expectSetAside(stage, first.id!);
    await expectSetAside(stage, second.id!);
    for (const id of [named, byJob])
      expect(await api.query(id)).toMatchObject({
        status: 'failed',
        error: { code: 'payload_invalid', stage },
      });
  });

  it('shows the datasource of an index job that is not valid what happened, and keeps it working', async () => {
    const job = await queues.index.add('index', {}, { jobId: jobId('index', { datasourceId }) });
    await expectSetAside('index', job.id!);
    const { body } = await api.request('GET', '/v1/datasources/small');
    expect(body).toMatchObject({ status: 'ready', error: { code: 'payload_invalid' } });
    expect((await api.answer({ question: 'How many people?' })).status).toBe('succeeded');
  });

  it('does nothing for a query that has moved on, of another attempt, or that there is not', async () => {
    const { body } = await api.ask({ question: 'How many people?' }, { Prefer: 'wait=30' });
    expect(body.status).toBe('succeeded');
    const before = await stack.sql(
      'select * from query join query_event e on query_id = query.id order by e.id',
    );
    model.requests.length = 0;
    for (const stage of stages) {
      for (const queryId of [body.id, '0196b0c0-0000-7000-8000-000000000001']) {
        for (const attempt of [0, 1, 2, 99]) {
          const job = await queues[stage].add(stage, { queryId, attempt });
          await until(5_000, 'its end', async () =>
            (await job.getState()) === 'completed' ? true : undefined,
          );
        }
      }
    }
    expect(
      await stack.sql('select * from query join query_event e on query_id = query.id order by e.id'),
    ).toEqual(before);
    expect(model.requests).toEqual([]);
  });

  it('does the effect of a job once that is delivered many times at once', async () => {
    const id = await insertQuery({ pool }, { datasourceId });
    const payload = { queryId: id, attempt: 0 };
    await queues.retrieve.addBulk(
      Array.from({ length: 12 }, (_, copy) => ({
        name: 'retrieve',
        data: payload,
        opts: { jobId: `copy-${copy}-${id}` },
      })),
    );
    await api.ended(id, 20_000);
    for (const stage of ['generate', 'execute'] as const)
      await queues[stage].addBulk(
        Array.from({ length: 6 }, () => ({ name: stage, data: { queryId: id, attempt: 1 } })),
      );
    const events = await api.events(id);
    expect(events.map((event) => [event.id, event.status])).toEqual([
      [1, 'queued'],
      [2, 'retrieving'],
      [3, 'generating'],
      [4, 'executing'],
      [5, 'succeeded'],
    ]);
    expect(await stack.sql('select number from attempt where query_id = $1', [id])).toEqual([{ number: 1 }]);
  });

  it('does a stage once that is delivered twice while it works', async () => {
    model.script = () => ({ texts: [countPeople.sql], delayMs: 300 });
    const { body } = await api.ask({ question: 'How many people?' });
    await until(5_000, 'generating', async () =>
      (await api.query(body.id)).status === 'generating' ? true : undefined,
    );
    await queues.generate.add('generate', { queryId: body.id, attempt: 1 });
    expect(await api.ended(body.id, 10_000)).toMatchObject({
      status: 'succeeded',
      attempts: [{ number: 1 }],
    });
    await until(5_000, 'the second delivery', async () => (model.requests.length >= 2 ? true : undefined));
    expect((await api.events(body.id)).map((event) => event.status)).toEqual([
      'queued',
      'retrieving',
      'generating',
      'executing',
      'succeeded',
    ]);
  });

  if (kind === 'redis') {
    it('goes on after a payload that is no JSON', async () => {
      const client = new Redis(stack.queueUrl);
      cleanup(() => client.disconnect());
      await queues.retrieve.pause();
      const job = await queues.retrieve.add('retrieve', { queryId: 'x', attempt: 0 });
      await client.hset(`{${stack.name}}:retrieve:${job.id}`, 'data', '{"queryId": nonsense');
      await queues.retrieve.resume();
      for (let asked = 0; asked < 3; asked += 1)
        expect((await api.answer({ question: 'How many people?' })).status).toBe('succeeded');
    });
  }
});
