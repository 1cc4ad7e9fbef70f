import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { permanent, retryable } from '#shared/errors/app-error';
import { jobId } from '#shared/queue/catalogue';
import { until } from '../support/client.js';
import { createEmptyDatabase } from '../support/database.js';
import { type QueueApp, startQueueApp } from '../support/queue-app.js';
import { queueKinds, testServers } from '../support/servers.js';

describe.each(queueKinds)('the queue on %s', (kind) => {
  let app: QueueApp;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const database = await createEmptyDatabase(testServers().postgresUrl);
    drop = () => database.drop();
    app = await startQueueApp(kind === 'redis' ? testServers().redisUrl! : database.url);
  });
  afterAll(async () => {
    await app.close();
    await drop();
  });
  beforeEach(() => {
    const { processor } = app;
    processor.handled = [];
    processor.ended = [];
    processor.unreadable = [];
    processor.onHandle = processor.onEnd = async () => undefined;
  });

  const newPayload = () => ({ queryId: randomUUID(), attempt: 0 });
  const stateIs = (payload: ReturnType<typeof newPayload>, state: string) =>
    until(5_000, `the job to be ${state}`, async () =>
      (await app.queue.state('retrieve', payload)) === state ? true : undefined,
    );

  it('gives one job for many calls while it is there, and forgets it once it is done', async () => {
    const gate = Promise.withResolvers<void>();
    app.processor.onHandle = () => gate.promise;
    const payload = newPayload();
    await Promise.all(Array.from({ length: 20 }, () => app.queue.enqueue('retrieve', payload)));
    await until(5_000, 'the job', async () => (app.processor.handled.length > 0 ? true : undefined));
    await app.queue.enqueue('retrieve', payload);
    await app.queue.replace('retrieve', payload);
    expect(await app.queue.state('retrieve', payload)).toBe('pending');
    gate.resolve();
    await stateIs(payload, 'absent');
    expect(app.processor.handled.map((call) => call.payload)).toEqual([payload]);
    await app.queue.enqueue('retrieve', payload);
    await until(5_000, 'the second run', async () => (app.processor.handled.length > 1 ? true : undefined));
    await stateIs(payload, 'absent');
  });

  it('hands the same job to one worker at a time', async () => {
    let running = 0;
    let most = 0;
    app.processor.onHandle = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
    };
    const payloads = Array.from({ length: 20 }, newPayload);
    await Promise.all(payloads.map((payload) => app.queue.enqueue('retrieve', payload)));
    await until(10_000, 'all jobs', async () => (app.processor.handled.length >= 20 ? true : undefined));
    await Promise.all(payloads.map((payload) => stateIs(payload, 'absent')));
    expect(new Set(app.processor.handled.map((call) => call.payload.queryId)).size).toBe(20);
    expect(app.processor.handled).toHaveLength(20);
    // The concurrency is the one of the processor, not BullMQ's default of one.
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('tries again after the decided delay, as often as it is thrown', async () => {
    app.processor.onHandle = async () => {
      const tried = app.processor.handled.length;
      if (tried === 1) throw retryable('model_overloaded', 'later', { retryAfterMs: 600 });
      if (tried === 2) throw new TypeError('a defect');
    };
    const payload = newPayload();
    await app.queue.enqueue('retrieve', payload);
    await until(10_000, 'the third try', async () => (app.processor.handled.length === 3 ? true : undefined));
    await stateIs(payload, 'absent');
    const [first, second, third] = app.processor.handled.map((call) => call.at) as [number, number, number];
    expect(second - first).toBeGreaterThanOrEqual(595);
    // The second delay is the catalogue's: 200 ms doubled once, at least half of it.
    expect(third - second).toBeGreaterThanOrEqual(195);
    expect(app.processor.ended).toEqual([]);
  });

  it('ends at once on a permanent failure, once, and runs again only when it is replaced', async () => {
    app.processor.onHandle = async () => {
      throw permanent('no_tables', 'nothing there');
    };
    const payload = newPayload();
    await app.queue.enqueue('retrieve', payload);
    await stateIs(payload, 'dead');
    expect(app.processor.ended).toMatchObject([{ payload, error: { code: 'no_tables' } }]);
    const job = await app.raw('retrieve').getJob(jobId('retrieve', payload));
    expect(job).toMatchObject({ failedReason: 'no_tables: nothing there', attemptsMade: 1 });
    await app.queue.enqueue('retrieve', payload);
    expect(await app.queue.state('retrieve', payload)).toBe('dead');
    app.processor.onHandle = async () => undefined;
    await app.queue.replace('retrieve', payload);
    await stateIs(payload, 'absent');
    expect(app.processor.handled).toHaveLength(2);
  });

  it('keeps a job whose end could not be told: it is told later', async () => {
    app.processor.onHandle = async () => {
      throw permanent('no_tables', 'nothing there');
    };
    app.processor.onEnd = async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    };
    const payload = newPayload();
    await app.queue.enqueue('retrieve', payload);
    await until(5_000, 'the first end', async () => (app.processor.ended.length > 0 ? true : undefined));
    app.processor.onEnd = async () => undefined;
    await stateIs(payload, 'dead');
    expect(app.processor.ended).toHaveLength(2);
  });

  const id = '0196b0c0-0000-7000-8000-000000000001';
  it.each<[string, unknown, string | undefined, string | undefined]>([
    ['no object', 'nonsense', undefined, undefined],
    ['null', null, undefined, undefined],
    ['a list', [1, 2], undefined, undefined],
    ['no fields', {}, undefined, undefined],
    ['an id that is none', { queryId: "'; drop table query", attempt: 0 }, undefined, undefined],
    ['an attempt that is no number', { queryId: id, attempt: 'one' }, undefined, id],
    ['a negative attempt', { queryId: id, attempt: -1 }, 'any-id', id],
    ['nothing but its job id', {}, `${id}-retrieve-0`, id],
    ['__proto__', JSON.parse('{"__proto__":{"queryId":1}}'), undefined, undefined],
  ])(
    'sets a payload with %s aside, never tries it again, and tells the query',
    async (_, data, withId, told) => {
      const job = await app.raw('retrieve').add('retrieve', data, {
        attempts: 10,
        backoff: { type: 'decided' },
        ...(withId !== undefined && { jobId: withId }),
      });
      await until(5_000, 'the failed job', async () =>
        (await job.getState()) === 'failed' ? true : undefined,
      );
      const failed = await app.raw('retrieve').getJob(job.id!);
      expect(failed?.failedReason).toMatch(/^payload_invalid: The payload of .+ is not valid: /);
      expect(failed?.attemptsMade).toBe(1);
      expect(app.processor.handled).toEqual([]);
      expect(app.processor.unreadable.map((call) => call.id)).toEqual(told === undefined ? [] : [told]);
      await failed?.remove();
    },
  );

  it('takes a payload with fields of a later version', async () => {
    const payload = newPayload();
    await app.raw('retrieve').add('retrieve', { ...payload, later: true });
    await until(5_000, 'the job', async () => (app.processor.handled.length > 0 ? true : undefined));
    expect(app.processor.handled[0]?.payload).toEqual(payload);
  });

  it('counts what waits, works, is delayed and has failed', async () => {
    const before = await app.queue.depth('generate');
    for (let number = 0; number < 3; number += 1) await app.queue.enqueue('generate', newPayload());
    expect(await app.queue.depth('generate')).toEqual({ ...before, waiting: before.waiting + 3 });
  });

  it('tells how long the oldest job has waited, and how long each had to', async () => {
    expect(await app.queue.oldestWait('explain')).toBe(0);
    const hour = 3_600_000;
    for (const [age, delay] of [
      [2, 0],
      [5, 0],
      [0.5, 0],
    ] as const)
      await app.raw('explain').add('explain', {}, { timestamp: Date.now() - age * hour, delay });
    const seconds = await app.queue.oldestWait('explain');
    // The first in line, whatever its age: it is the one that is taken next.
    expect(Math.round(seconds / 3_600)).toBe(2);
    await app.raw('retrieve').add('retrieve', newPayload(), { timestamp: Date.now() - 45_000 });
    await until(5_000, 'the job', async () => (app.processor.handled.length > 0 ? true : undefined));
    const text = await app.metrics.scrape();
    expect(text).toContain('nano_job_wait_seconds_bucket{le="60",queue="retrieve"}');
    const waited = Number(/^nano_job_wait_seconds_sum\{queue="retrieve"\} (\S+)$/m.exec(text)?.[1]);
    expect(waited).toBeGreaterThanOrEqual(45);
  });
});
