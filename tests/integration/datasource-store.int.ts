import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { accessPolicySchema, type Connection } from '#shared/contracts/datasource';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import { SnapshotReader } from '#shared/persistence/snapshot.reader';
import { SealedText } from '#shared/secrets/sealed-text';
import { createStateDatabase, type StateDatabase } from '../support/database.js';
import { testServers } from '../support/servers.js';

const masterKey = randomBytes(32).toString('base64');
const policy = accessPolicySchema.parse({});
const connection: Connection = {
  dialect: 'postgres',
  url: 'postgres://reader:hunter2-secret@db.internal/sales',
};
const location = 'postgres://reader@db.internal:5432/sales';

let state: StateDatabase;
let store: DatasourceStore;

beforeAll(async () => {
  state = await createStateDatabase(testServers().postgresUrl);
  store = storeWith(masterKey);
});
afterAll(() => state.drop());

function storeWith(key: string): DatasourceStore {
  return new DatasourceStore(state.db, new SealedText(key));
}

async function add(name: string): Promise<string> {
  const id = uuidv7();
  expect(await store.add(id, name, connection, location, policy)).toBe(true);
  return id;
}

async function rowText(id: string): Promise<string> {
  const { rows } = await state.pool.query<{ text: string }>(
    'select d::text as text from datasource d where id = $1',
    [id],
  );
  return rows[0]!.text;
}

it('keeps nothing of the password in the row, and gives the connection back', async () => {
  const id = await add('sealed');
  const text = await rowText(id);
  expect(text).toContain(location);
  for (const encoding of ['utf8', 'base64', 'hex'] as const)
    expect(text).not.toContain(Buffer.from('hunter2-secret').toString(encoding));
  expect((await store.byId(id))?.connection).toEqual(connection);
});

it('fails loudly with another key, naming the variable, and still lists what there is', async () => {
  const id = await add('other-key');
  const other = storeWith(randomBytes(32).toString('base64'));
  await expect(other.byId(id)).rejects.toMatchObject({
    kind: 'permanent',
    code: 'master_key_wrong',
    message: expect.stringMatching(/other-key.*NANO_MASTER_KEY/),
  });
  expect((await other.list()).map((row) => row.name)).toContain('other-key');
});

it('does not open credentials under another datasource', async () => {
  const [first, second] = [await add('first'), await add('second')];
  await state.pool.query(
    'update datasource set sealed_connection = (select sealed_connection from datasource where id = $1) where id = $2',
    [first, second],
  );
  await expect(store.byId(second)).rejects.toMatchObject({ code: 'master_key_wrong' });
});

it('gives a name to one of many that ask for it at once, and again once it is free', async () => {
  const ids = Array.from({ length: 10 }, () => uuidv7());
  const added = await Promise.all(ids.map((id) => store.add(id, 'wanted', connection, location, policy)));
  expect(added.filter(Boolean)).toHaveLength(1);
  expect(await store.remove('wanted')).toBe(true);
  expect(await store.remove('wanted')).toBe(false);
  const text = await rowText(ids[added.indexOf(true)]!);
  expect(text).not.toContain('v1:');
  await add('wanted');
});

it('stores snapshots as they are, and one at a time', async () => {
  const id = await add('snapshots');
  const names = ['__proto__', 'constructor', 'a"b', "it's", 'ünï \u{1F600}', ' ', '9223372036854775807'];
  const snapshot = (fingerprint: string): SchemaSnapshot => ({
    dialect: 'postgres',
    fingerprint,
    takenAt: new Date().toISOString(),
    tables: names.map((name) => ({
      name,
      kind: 'table' as const,
      columns: names.map((column) => ({
        name: column,
        type: '',
        nullable: true,
        sampleValues: ['a\\b', '\t'],
      })),
      primaryKey: ['__proto__'],
      foreignKeys: [{ columns: ['__proto__'], referencedTable: 'constructor', referencedColumns: [' '] }],
    })),
  });
  await store.storeSnapshot(id, snapshot('one'), 0);
  expect(await new SnapshotReader(state.db).snapshot(id, 'one')).toMatchObject({
    tables: snapshot('one').tables,
  });
  await Promise.all([
    store.storeSnapshot(id, snapshot('two'), 0),
    store.storeSnapshot(id, snapshot('three'), 0),
  ]);
  const { fingerprint } = (await store.byId(id))!;
  const { rows } = await state.pool.query(
    'select fingerprint from schema_snapshot where datasource_id = $1',
    [id],
  );
  expect(rows).toEqual([{ fingerprint }]);
});

it('stores a snapshot whose values PostgreSQL cannot hold', async () => {
  const id = await add('odd-values');
  const column = { name: 'c', type: 'TEXT', nullable: true, sampleValues: ['a\0b', '\uDC00'] };
  await store.storeSnapshot(
    id,
    {
      dialect: 'sqlite',
      fingerprint: 'f',
      takenAt: new Date().toISOString(),
      tables: [{ name: 't', kind: 'table', columns: [column], primaryKey: [], foreignKeys: [] }],
    },
    0,
  );
  const stored = await new SnapshotReader(state.db).snapshot(id, 'f');
  expect(stored?.tables[0]?.columns[0]?.sampleValues).toEqual(['a\uFFFDb', '\uFFFD']);
});

it('keeps serving the snapshot in use when a refresh fails', async () => {
  const id = await add('refreshed');
  const error = { code: 'introspection_failed', stage: 'retrieve' as const, message: 'm\0' };
  await store.storeFailure(id, error);
  expect(await store.byId(id)).toMatchObject({ status: 'failed', error: { message: 'm\uFFFD' } });
  await store.storeSnapshot(
    id,
    {
      dialect: 'sqlite',
      fingerprint: 'f',
      takenAt: new Date().toISOString(),
      tables: [],
    },
    0,
  );
  await store.markIndexing(id);
  await store.storeFailure(id, error);
  expect(await store.byId(id)).toMatchObject({
    status: 'ready',
    fingerprint: 'f',
    error: { code: error.code },
  });
});

it('goes on indexing when a refresh was asked for while one ran', async () => {
  const id = await add('asked-twice');
  const begun = (await store.byId(id))!.refreshes;
  const descriptions = { tables: { b: { description: 'x\uDC00' }, a: {} }, terms: { churn: 'who left' } };
  await store.storeDescriptions(id, descriptions);
  const snapshot = {
    dialect: 'sqlite' as const,
    fingerprint: 'f',
    takenAt: new Date().toISOString(),
    tables: [],
  };
  expect(await store.storeSnapshot(id, snapshot, begun)).toBe(false);
  const described = (await store.byId(id))!;
  expect(described).toMatchObject({ status: 'indexing', fingerprint: 'f', descriptions });
  expect(Object.keys(described.descriptions!.tables!)).toEqual(['b', 'a']);
  expect(await store.storeSnapshot(id, snapshot, described.refreshes)).toBe(true);
  expect(await store.byId(id)).toMatchObject({ status: 'ready' });
});

it('keeps what a refresh has stored from a failure that comes late', async () => {
  const id = await add('late-failure');
  const late = { code: 'worker_crashed', stage: 'retrieve' as const, message: 'It was set aside.' };
  await store.storeSnapshot(
    id,
    { dialect: 'sqlite', fingerprint: 'f', takenAt: new Date().toISOString(), tables: [] },
    0,
  );
  expect(await store.failIndexing(id, late)).toBe(false);
  expect(await store.byId(id)).toMatchObject({ status: 'ready', error: null });
  await store.markIndexing(id);
  expect(await store.failIndexing(id, late)).toBe(true);
  expect(await store.byId(id)).toMatchObject({ status: 'ready', error: { code: 'worker_crashed' } });
});
