import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/client.js';
import { createEmptyDatabase } from '../support/database.js';
import { type QueueApp, startQueueApp } from '../support/queue-app.js';
import { queueKinds, testServers } from '../support/servers.js';

describe.each(queueKinds)('a schedule on %s', (kind) => {
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

  const newPayload = () => ({ queryId: randomUUID(), attempt: 0 });
  const runsOf = ({ queryId }: { queryId: string }) =>
    app.processor.handled.filter(({ payload }) => payload.queryId === queryId);

  it('brings a job a period, the first one period on, until it is stopped', async () => {
    const payload = newPayload();
    const started = performance.now();
    expect(await app.queue.schedule('retrieve', payload, 1_000)).toBe(true);
    await until(15_000, 'three jobs', async () => (runsOf(payload).length >= 3 ? true : undefined));
    const [first, , third] = runsOf(payload).map(({ at }) => at - started);
    expect(first).toBeGreaterThan(900);
    expect(third).toBeGreaterThan(2_700);
    expect(runsOf(payload)[0]?.payload).toEqual(payload);
    expect(await app.queue.schedule('retrieve', payload, null)).toBe(true);
    const runs = runsOf(payload).length;
    await sleep(2_500);
    expect(runsOf(payload)).toHaveLength(runs);
  });

  it('is left alone when it is set again, and goes by the new period when that changed', async () => {
    const payload = newPayload();
    await app.queue.schedule('retrieve', payload, 3_600_000);
    const [scheduler] = await app.raw('retrieve').getJobSchedulers();
    await sleep(20);
    await Promise.all([1, 2, 3].map(() => app.queue.schedule('retrieve', payload, 3_600_000)));
    expect(await app.raw('retrieve').getJobSchedulers()).toEqual([scheduler]);
    expect(await app.raw('retrieve').getDelayedCount()).toBe(1);
    await app.queue.schedule('retrieve', payload, 1_000);
    await until(10_000, 'a job', async () => (runsOf(payload).length > 0 ? true : undefined));
    await app.queue.schedule('retrieve', payload, null);
    expect(await app.raw('retrieve').getJobSchedulers()).toEqual([]);
    await until(5_000, 'no job', async () =>
      (await app.raw('retrieve').getDelayedCount()) === 0 ? true : undefined,
    );
  });
});
