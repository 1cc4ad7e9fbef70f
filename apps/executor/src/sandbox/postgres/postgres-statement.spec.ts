import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type TestPostgres } from '../../../../../tests/support/postgres.js';
import { makePostgresShop } from './postgres.fixture.js';
import { setup } from './postgres-session.js';
import { PostgresStatement } from './postgres-statement.js';

let postgres: TestPostgres;
let pool: pg.Pool;

beforeAll(async () => {
  postgres = await startPostgres();
  const { superuserUrl } = await makePostgresShop(postgres.url);
  pool = new pg.Pool({ connectionString: superuserUrl, max: 1 });
  pool.on('error', () => undefined);
}, 60_000);
afterAll(async () => {
  await pool.end();
  await postgres.stop();
});

/** Without a guard before it, as a superuser. */
async function run(sql: string, timeoutMs = 2_000): Promise<string> {
  const client = await pool.connect();
  const ignore = () => undefined;
  client.on('error', ignore);
  const statement = new PostgresStatement(client, { maxRows: 10, maxBytes: 10_000, timeoutMs });
  try {
    return (await statement.run([setup(['public'], timeoutMs)], sql, AbortSignal.timeout(20_000))).kind;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    statement.finished = true;
    if (statement.reusable) await client.query('ROLLBACK');
    client.off('error', ignore);
    client.release(!statement.reusable);
  }
}

async function orders(): Promise<unknown> {
  return (await pool.query('SELECT id, status FROM orders ORDER BY id')).rows;
}

describe('the transaction alone', () => {
  it.each([
    ['INSERT INTO orders(id) VALUES (9)', '25006'],
    ['WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone', '25006'],
    ['CREATE TABLE mine(id int)', '25006'],
    ['SELECT 1 INTO mine', '25006'],
    ["SELECT nextval('numbers')", '25006'],
    ['SELECT * FROM orders FOR UPDATE', '25006'],
    ['SET TRANSACTION READ WRITE', '25001'],
    ["SELECT set_config('transaction_read_only', 'off', true)", '25001'],
    ['COMMIT; DELETE FROM orders', '42601'],
    ['SELECT 1; DELETE FROM orders', '42601'],
    ['SELECT 1', 'rows'],
  ])('ends %s with %s', async (sql, end) => {
    await pool.query('CREATE SEQUENCE IF NOT EXISTS numbers');
    const before = await orders();
    expect(await run(sql)).toBe(end);
    expect(await orders()).toEqual(before);
  });

  it("ends in time, by our clock or the server's", async () => {
    expect(['timeout', '57014']).toContain(await run('SELECT pg_sleep(30)', 400));
  });

  it('leaves its connection to the next statement, unless it was stopped: the request to stop may come late', async () => {
    const isReusable = async (sql: string) => {
      const client = await pool.connect();
      client.on('error', () => undefined);
      const statement = new PostgresStatement(client, { maxRows: 10, maxBytes: 10_000, timeoutMs: 5_000 });
      await statement.run([setup(['public'], 5_000)], sql, AbortSignal.timeout(300)).catch(() => null);
      statement.finished = true;
      client.release(true);
      return statement.reusable;
    };
    expect([await isReusable('SELECT 1'), await isReusable('SELECT pg_sleep(30)')]).toEqual([true, false]);
  });

  it('forgets what a statement did to its session', async () => {
    await run(
      "SELECT set_config('statement_timeout', '0', true), set_config('search_path', 'tenant_b', true)",
    );
    const { rows } = await pool.query<{ path: string }>('SHOW search_path');
    expect(rows).toEqual([{ search_path: '"$user", public' }]);
  });
});
