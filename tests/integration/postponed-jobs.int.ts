import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Postponed } from '#shared/queue/job.processor';
import { until } from '../support/client.js';
import { createEmptyDatabase } from '../support/database.js';
import { type QueueApp, startQueueApp } from '../support/queue-app.js';
import { queueKinds, testServers } from '../support/servers.js';

describe.each(queueKinds)('a postponed job on %s', (kind) => {
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

  it('comes again more often than a failed one may, frees its place, and loses no try', async () => {
    const patient = { queryId: randomUUID(), attempt: 0 };
    const other = { queryId: randomUUID(), attempt: 0 };
    const times = (queryId: string) =>
      app.processor.handled.filter(({ payload }) => payload.queryId === queryId).length;
    app.processor.onHandle = async ({ queryId }) => {
      if (queryId === patient.queryId && times(queryId) <= 12) throw new Postponed(50);
    };
    await app.queue.enqueue('retrieve', patient);
    await until(10_000, 'the first time', async () => (times(patient.queryId) > 0 ? true : undefined));
    await app.queue.enqueue('retrieve', other);
    await until(10_000, 'the other job', async () => (times(other.queryId) > 0 ? true : undefined));
    await until(20_000, 'the last time', async () => (times(patient.queryId) === 13 ? true : undefined));
    await until(5_000, 'its end', async () =>
      (await app.queue.state('retrieve', patient)) === 'absent' ? true : undefined,
    );
    expect(app.processor.ended).toEqual([]);
  });
});
