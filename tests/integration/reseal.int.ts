import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { accessPolicySchema, type Connection } from '#shared/contracts/datasource';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import { resealConnections } from '#shared/persistence/reseal';
import { SealedText } from '#shared/secrets/sealed-text';
import { reseal } from '../../apps/gateway/src/reseal.js';
import { createStateDatabase, type StateDatabase } from '../support/database.js';
import { testServers } from '../support/servers.js';

const newKey = () => randomBytes(32).toString('base64');
const [former, current] = [newKey(), newKey()];
const connection: Connection = { dialect: 'postgres', url: 'postgres://reader:secret@db.internal/sales' };

let state: StateDatabase;
beforeAll(async () => {
  state = await createStateDatabase(testServers().postgresUrl);
});
afterAll(() => state.drop());

function storeWith(key: string, previous?: string): DatasourceStore {
  return new DatasourceStore(state.db, new SealedText(key, previous));
}

async function add(name: string, key: string): Promise<string> {
  const id = uuidv7();
  await storeWith(key).add(
    id,
    name,
    connection,
    'postgres://db.internal/sales',
    accessPolicySchema.parse({}),
  );
  return id;
}

it('seals with the current key what the previous one sealed, more than one batch of it, and names what neither opens', async () => {
  const old = await Promise.all(Array.from({ length: 130 }, (_, index) => add(`old-${index}`, former)));
  const young = await add('young', current);
  await add('lost', newKey());
  await add('removed', former);
  await storeWith(former).remove('removed');
  const environment = {
    DATABASE_URL: state.url,
    NANO_MASTER_KEY: current,
    NANO_MASTER_KEY_PREVIOUS: former,
  };

  expect((await storeWith(current, former).byId(old[0]!))?.connection).toEqual(connection);
  await expect(storeWith(current).byId(old[0]!)).rejects.toMatchObject({ code: 'master_key_wrong' });
  expect(await reseal(environment)).toEqual({ resealed: 130, unopened: ['lost'] });
  for (const id of [...old, young])
    expect((await storeWith(current).byId(id))?.connection).toEqual(connection);
  await expect(storeWith(former).byId(old[0]!)).rejects.toMatchObject({ code: 'master_key_wrong' });
  expect(await reseal(environment)).toEqual({ resealed: 0, unopened: ['lost'] });
  await storeWith(current).remove('lost');
});

it('writes over nothing that changed since it was read', async () => {
  const id = await add('goes', former);
  const client = await state.pool.connect();
  try {
    await client.query('begin');
    await client.query(`update datasource set removed_at = now(), sealed_connection = '' where id = $1`, [
      id,
    ]);
    const resealing = resealConnections(state.db, new SealedText(current, former));
    await untilOneWaitsForALock();
    await client.query('commit');
    expect(await resealing).toEqual({ resealed: 0, unopened: [] });
  } finally {
    client.release();
  }
  const { rows } = await state.pool.query('select sealed_connection from datasource where id = $1', [id]);
  expect(rows).toEqual([{ sealed_connection: '' }]);
});

async function untilOneWaitsForALock(): Promise<void> {
  for (;;) {
    const { rows } = await state.pool.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (rows.length > 0) return;
    await setTimeout(10);
  }
}
