import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createDatabase, createPool } from '#shared/persistence/database';
import { migrateToLatest, waitForSchema } from '#shared/persistence/migrator';
import { prepareQueue } from '#shared/queue/queue-backend';
import { createEmptyDatabase, type EmptyDatabase } from '../support/database.js';
import { testServers } from '../support/servers.js';
import { runModule } from '../support/run-module.js';

let database: EmptyDatabase;

beforeAll(async () => {
  database = await createEmptyDatabase(testServers().postgresUrl);
});
afterAll(() => database.drop());

/** What a gateway does before it listens, in a process of its own. */
const prepare = `
  import { createDatabase, createPool } from '#shared/persistence/database';
  import { migrateToLatest } from '#shared/persistence/migrator';
  import { prepareQueue } from '#shared/queue/queue-backend';
  await prepareQueue(process.argv[1]);
  const pool = createPool(process.argv[1], 1);
  await migrateToLatest(createDatabase(pool));
  await pool.end();`;

it('is migrated once by five processes that start at once, and again by none', async () => {
  const waiting = withPool((pool) => waitForSchema(createDatabase(pool), 30_000));
  const processes = Array.from({ length: 5 }, () => runModule(prepare, database.url));
  expect(await Promise.all(processes)).toEqual(Array.from({ length: 5 }, () => ({ code: 0, stderr: '' })));
  await waiting;
  const first = await describeSchema();
  expect(first.migrations.length).toBeGreaterThan(0);
  expect(new Set(first.migrations).size).toBe(first.migrations.length);
  await prepareQueue(database.url);
  await withPool((pool) => migrateToLatest(createDatabase(pool)));
  expect(await describeSchema()).toEqual(first);
});

it('leaves a schema alone that a later version has migrated', async () => {
  await withPool(async (pool) => {
    await pool.query("insert into kysely_migration (name, timestamp) values ('9999-later', 'now')");
    const before = await describeSchema();
    await migrateToLatest(createDatabase(pool));
    await waitForSchema(createDatabase(pool), 1_000);
    expect(await describeSchema()).toEqual(before);
    await pool.query("delete from kysely_migration where name = '9999-later'");
  });
});

it('says that the database cannot be reached rather than that it is old', async () => {
  const pool = createPool('postgres://nobody@127.0.0.1:1/none', 1);
  await expect(waitForSchema(createDatabase(pool), 300)).rejects.toThrow(/ECONNREFUSED/);
  await pool.end();
});

async function withPool<T>(use: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = createPool(database.url, 2);
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}

function describeSchema() {
  return withPool(async (pool) => {
    const { rows: applied } = await pool.query<{ name: string }>(
      'select name from kysely_migration order by name',
    );
    const { rows: columns } = await pool.query(
      `select table_schema, table_name, column_name, data_type from information_schema.columns
       where table_schema in ('public', 'bullmq') order by 1, 2, 3`,
    );
    return { migrations: applied.map((row) => row.name), columns };
  });
}
