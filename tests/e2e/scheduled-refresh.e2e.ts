import { beforeAll, describe, expect, it } from '@jest/globals';
import SqliteDatabase from 'better-sqlite3';
import type { Queue } from 'bullmq';
import { cleanups } from '../support/cleanups.js';
import { until } from '../support/client.js';
import type { DescribedApi } from '../support/described-api.js';
import { openRawQueues } from '../support/raw-queues.js';
import { queueKinds } from '../support/servers.js';
import { startService } from '../support/service.js';
import type { SmallDatabase } from '../support/small-database.js';

interface Detail {
  id: string;
  status: string;
  refreshSeconds: number | null;
  tables: { name: string }[];
}

describe.each(queueKinds)('a datasource that is refreshed by itself, on %s', (kind) => {
  const cleanup = cleanups();
  let api: DescribedApi;
  let database: SmallDatabase;
  let queue: Queue;

  beforeAll(async () => {
    const service = await startService(cleanup, {
      queue: kind,
      copies: { generator: 0, executor: 0 },
      environment: { RECONCILE_PERIOD_MS: '500' },
    });
    ({ api, database } = service);
    const raw = openRawQueues(service.stack);
    cleanup(() => raw.close());
    queue = raw.queues.index;
  });

  const detail = async () => (await api.request<Detail>('GET', '/v1/datasources/small')).body;
  const change = (refreshSeconds: unknown) =>
    api.request<Detail>('PATCH', '/v1/datasources/small', { refreshSeconds });
  const periods = async () => (await queue.getJobSchedulers()).map(({ every }) => every);
  const periodsAre = (wanted: number[]) =>
    until(10_000, `the periods ${wanted.join()}`, async () =>
      JSON.stringify(await periods()) === JSON.stringify(wanted) ? true : undefined,
    );

  it('is scheduled, and another time when that changes', async () => {
    expect((await detail()).refreshSeconds).toBeNull();
    expect(await change(120)).toMatchObject({ status: 200, body: { refreshSeconds: 120 } });
    expect(await periods()).toEqual([120_000]);
    await change(3_600);
    expect(await periods()).toEqual([3_600_000]);
    expect((await detail()).refreshSeconds).toBe(3_600);
  });

  it('is scheduled again after the queue lost all of its data', async () => {
    await queue.obliterate({ force: true });
    await queue.removeJobScheduler((await queue.getJobSchedulers())[0]?.key ?? '');
    await periodsAre([3_600_000]);
  });

  it('is read again when its time has come', async () => {
    const db = new SqliteDatabase(database.file);
    db.exec('create table street (id integer primary key, city_id integer)');
    db.close();
    const [scheduler] = await queue.getJobSchedulers();
    await queue.add('index', scheduler!.template!.data);
    await until(20_000, 'the new table', async () =>
      (await detail()).tables.some(({ name }) => name === 'street') ? true : undefined,
    );
  });

  it('is not scheduled any longer when that is taken back, also where the queue still thinks so', async () => {
    const [scheduler] = await queue.getJobSchedulers();
    await change(null);
    expect(await periods()).toEqual([]);
    const { key, name, template } = scheduler!;
    const data = template!.data as object;
    await queue.upsertJobScheduler(key, { every: 60_000 }, { name, data });
    await periodsAre([]);
  });

  it('takes its schedule with it when it goes', async () => {
    const added = await api.request<Detail>('POST', '/v1/datasources', {
      name: 'other',
      connection: { dialect: 'sqlite', file: database.file },
      refreshSeconds: 60,
    });
    expect(added).toMatchObject({ status: 201, body: { refreshSeconds: 60 } });
    expect(await periods()).toEqual([60_000]);
    await api.request('DELETE', '/v1/datasources/other');
    expect(await periods()).toEqual([]);
  });

  it.each([59, 2_592_001, 90.5, '60', undefined])('refuses %j seconds', async (seconds) => {
    expect(await change(seconds)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });
});
