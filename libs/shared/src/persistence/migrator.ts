import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import { describeError, permanent } from '../errors/app-error.js';
import type { Database } from './database.js';

const folder = new URL('./migrations/', import.meta.url);

const sqlFiles: MigrationProvider = {
  async getMigrations() {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
    const migrations = await Promise.all(
      files.map(async (file): Promise<[string, Migration]> => {
        const text = await readFile(new URL(file, folder), 'utf8');
        const up: Migration['up'] = async (db) => {
          await sql.raw(text).execute(db);
        };
        return [file.replace(/\.sql$/, ''), { up }];
      }),
    );
    return Object.fromEntries(migrations);
  },
};

/** Brings the schema up to date. Several processes may call it at once: one works, the others wait. */
export async function migrateToLatest(db: Database): Promise<void> {
  const { error } = await new Migrator({ db, provider: sqlFiles }).migrateToLatest();
  if (error !== undefined)
    throw error instanceof Error ? error : new Error('The database could not be migrated.', { cause: error });
}

/** Workers start beside the gateway that migrates: wait until it is done. */
export async function waitForSchema(db: Database, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  let missing = await whatIsMissing(db);
  while (missing !== null && Date.now() < end) {
    await sleep(100);
    missing = await whatIsMissing(db);
  }
  if (missing !== null) throw permanent('unavailable', missing);
}

const outdated = 'The database schema is not up to date. Start a gateway of this version first: it migrates.';
/** SQLSTATE of a table that does not exist: nothing has been migrated yet. */
const undefinedTable = '42P01';

async function whatIsMissing(db: Database): Promise<string | null> {
  try {
    const applied = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
    const names = new Set(applied.rows.map((row) => row.name));
    return Object.keys(await sqlFiles.getMigrations()).every((name) => names.has(name)) ? null : outdated;
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === undefinedTable) return outdated;
    return `The database of DATABASE_URL cannot be used: ${describeError(error)}`;
  }
}
