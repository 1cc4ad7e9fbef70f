import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { accessPolicySchema } from '#shared/contracts/datasource';
import { mostExamples } from '#shared/contracts/example';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import { ExampleStore } from '#shared/persistence/example.store';
import { SealedText } from '#shared/secrets/sealed-text';
import { createStateDatabase, type StateDatabase } from '../support/database.js';
import { testServers } from '../support/servers.js';

let state: StateDatabase;
let datasources: DatasourceStore;
let store: ExampleStore;

beforeAll(async () => {
  state = await createStateDatabase(testServers().postgresUrl);
  datasources = new DatasourceStore(state.db, new SealedText(randomBytes(32).toString('base64')));
  store = new ExampleStore(state.db);
});
afterAll(() => state.drop());

async function addDatasource(name: string): Promise<string> {
  const id = uuidv7();
  await datasources.add(id, name, { dialect: 'sqlite', file: '/x' }, '/x', accessPolicySchema.parse({}));
  return id;
}

it('raises the version with every change and with nothing else', async () => {
  const id = await addDatasource('versions');
  expect(await store.all(id)).toEqual({ version: 0, examples: [] });
  const first = await store.add(id, { question: 'How many?', sql: 'SELECT 1' }, null);
  const second = await store.add(id, { question: 'How old?', sql: 'SELECT 2' }, 'ada');
  expect(second).toMatchObject({ approvedBy: 'ada' });
  const replaced = await store.add(id, { question: 'How many?', sql: 'SELECT 3' }, null);
  expect(replaced.id).toBe(first.id);
  expect(await store.remove(id, uuidv7(), null)).toBe(false);
  expect(await store.all(id)).toEqual({
    version: 3,
    examples: [
      { id: first.id, question: 'How many?', sql: 'SELECT 3' },
      { id: second.id, question: 'How old?', sql: 'SELECT 2' },
    ],
  });
  expect(await store.remove(id, first.id, 'eve')).toBe(true);
  expect(await store.all(id)).toMatchObject({ version: 4, examples: [{ id: second.id }] });
  const { rows } = await state.pool.query(
    'select example_id, sql, withdrawn_by from withdrawn_example where datasource_id = $1 order by id',
    [id],
  );
  expect(rows).toEqual([
    { example_id: first.id, sql: 'SELECT 1', withdrawn_by: null },
    { example_id: first.id, sql: 'SELECT 3', withdrawn_by: 'eve' },
  ]);
});

it('takes questions that are long and odd, and gives them out in pages', async () => {
  const id = await addDatasource('pages');
  const questions = ['\u{1F4C8}'.repeat(4_000), 'x\uDC00', 'y'];
  for (const question of questions) await store.add(id, { question, sql: 'SELECT 1' }, null);
  const first = await store.list(id, null, 2);
  expect(first.examples.map(({ question }) => question)).toEqual([questions[0], 'x\uFFFD']);
  const rest = await store.list(id, first.next, 2);
  expect(rest).toMatchObject({ examples: [{ question: 'y' }], next: null });
});

it('holds a datasource to its bound, also when several come at once', async () => {
  const id = await addDatasource('full');
  await state.pool.query(
    `insert into verified_example (id, datasource_id, question, question_hash, sql)
     select gen_random_uuid(), $1, n::text, decode(lpad(n::text, 8, '0'), 'hex'), 'SELECT 1' from generate_series(1, $2::int) n`,
    [id, mostExamples - 1],
  );
  const adds = ['a', 'b', 'c'].map((question) => store.add(id, { question, sql: 'SELECT 1' }, null));
  const settled = await Promise.allSettled(adds);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const { version, examples } = await store.all(id);
  expect([version, examples.length]).toEqual([1, mostExamples]);
  const kept = ['a', 'b', 'c'][settled.findIndex(({ status }) => status === 'fulfilled')]!;
  await expect(store.add(id, { question: kept, sql: 'SELECT 2' }, null)).resolves.toMatchObject({
    sql: 'SELECT 2',
  });
  await expect(store.add(id, { question: 'd', sql: 'SELECT 1' }, null)).rejects.toMatchObject({
    code: 'too_many_examples',
  });
});

it('forgets them with their datasource, and those of no other', async () => {
  const [gone, other] = [await addDatasource('gone'), await addDatasource('other')];
  for (const id of [gone, other]) await store.add(id, { question: 'How many?', sql: 'SELECT 1' }, null);
  await datasources.remove('gone');
  expect((await store.all(gone)).examples).toEqual([]);
  expect((await store.all(other)).examples).toHaveLength(1);
  await expect(store.add(gone, { question: 'q', sql: 's' }, null)).rejects.toMatchObject({
    code: 'unknown_datasource',
  });
});
