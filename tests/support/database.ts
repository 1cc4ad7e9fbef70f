import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createDatabase, createPool, type Database } from '#shared/persistence/database';
import { migrateToLatest } from '#shared/persistence/migrator';

export interface EmptyDatabase {
  name: string;
  url: string;
  drop(): Promise<void>;
}

/** A database of its own on the given server. */
export async function createEmptyDatabase(serverUrl: string): Promise<EmptyDatabase> {
  const name = `nano_${randomBytes(6).toString('hex')}`;
  await administer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    drop: () => administer(serverUrl, `drop database ${name} with (force)`),
  };
}

export interface StateDatabase {
  url: string;
  pool: pg.Pool;
  db: Database;
  drop(): Promise<void>;
}

/** A migrated database with a pool of its own. */
export async function createStateDatabase(serverUrl: string, poolSize = 20): Promise<StateDatabase> {
  const { url, drop } = await createEmptyDatabase(serverUrl);
  const pool = createPool(url, poolSize);
  const db = createDatabase(pool);
  await migrateToLatest(db);
  return {
    url,
    pool,
    db,
    drop: async () => {
      await pool.end();
      await drop();
    },
  };
}

async function administer(url: string, statement: string): Promise<void> {
  await onDatabase(url, (client) => client.query(statement));
}

/** On a connection of its own. */
export async function onDatabase<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
