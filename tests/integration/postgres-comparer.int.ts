import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { PostgresComparer } from '../../evaluation/src/execution/postgres-comparer.js';
import { testServers } from '../support/servers.js';

describe('PostgresComparer', () => {
  const schema = `comparer_${randomBytes(4).toString('hex')}`;
  const url = new URL(testServers().postgresUrl);
  url.searchParams.set('options', `-c search_path=${schema}`);
  const comparer = new PostgresComparer(1_000);
  const owner = new pg.Client({ connectionString: testServers().postgresUrl });

  beforeAll(async () => {
    await owner.connect();
    await owner.query(`create schema ${schema}; create table ${schema}.pet (id int, kind text, weight numeric, born date);
      insert into ${schema}.pet values (1, 'cat', 4.50, '2020-01-02'), (2, 'dog', 12, null)`);
  });

  afterAll(async () => {
    await comparer.close();
    await owner.query(`drop schema ${schema} cascade`);
    await owner.end();
  });

  const compare = (gold: string, predicted: string, ordered = false) =>
    comparer.compare({ databases: [url.href], gold, predicted, ordered });

  it('compares results as values, not as texts', async () => {
    const verdict = await compare(
      'SELECT weight, born FROM pet',
      'SELECT born, weight::float8 FROM pet ORDER BY 2',
    );
    expect(verdict).toMatchObject({ correct: true, valid: true, executes: true });
  });

  it('shows both results where they differ, and heeds the order where told', async () => {
    const backwards = await compare(
      'SELECT id FROM pet ORDER BY id',
      'SELECT id FROM pet ORDER BY id DESC',
      true,
    );
    expect(backwards).toMatchObject({
      correct: false,
      results: { gold: { columns: ['id'], rows: [[1], [2]] }, predicted: { rows: [[2], [1]] } },
    });
  });

  it('tells what the server refuses from what fails or does not end', async () => {
    const gold = 'SELECT 1';
    const kinds = ['SELECT nope FROM pet', 'SELECT 1 / 0', 'SELECT pg_sleep(60)'].map(async (predicted) => {
      const { failure, valid, executes } = await compare(gold, predicted);
      return [failure?.kind, valid, executes];
    });
    expect(await Promise.all(kinds)).toEqual([
      ['invalid', false, false],
      ['failed', true, false],
      ['timeout', true, false],
    ]);
    expect((await compare('SELECT nope', 'SELECT 1')).failure?.kind).toBe('gold');
  });

  it('only reads', async () => {
    expect((await compare('SELECT 1', 'DELETE FROM pet RETURNING 1')).failure?.kind).toBe('failed');
    expect((await compare('SELECT count(*) FROM pet', 'SELECT 2')).correct).toBe(true);
  });
});
