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

/**
 * Brings the schema up to date. Several processes may call it at once: one works, the others wait. A schema that a later
 * version has migrated is left as it is, so that this version can still start beside that one.
 */
export async function migrateToLatest(db: Database): Promise<void> {
  if ((await whyNotCurrent(db)) === null) return;
  const { error } = await new Migrator({ db, provider: sqlFiles }).migrateToLatest();
  if (error !== undefined)
    throw error instanceof Error ? error : new Error('The database could not be migrated.', { cause: error });
}

/**
 * Workers start beside the gateway that migrates: wait until it is done.
 * @throws AppError `unavailable` with the last reason when it is not in time
 */
export async function waitForSchema(db: Database, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  let reason = await whyNotCurrent(db);
  while (reason !== null && Date.now() < end) {
    await sleep(100);
    reason = await whyNotCurrent(db);
  }
  if (reason !== null) throw permanent('unavailable', `The database is not ready: ${reason}`);
}

/** Migrations of this version that the database lacks. */
export async function missingMigrations(db: Database): Promise<string[]> {
  const applied = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const names = new Set(applied.rows.map((row) => row.name));
  return Object.keys(await sqlFiles.getMigrations()).filter((name) => !names.has(name));
}

async function whyNotCurrent(db: Database): Promise<string | null> {
  try {
    const missing = await missingMigrations(db);
    if (missing.length === 0) return null;
    return `it lacks the migrations ${missing.join(', ')}. Start a gateway of this version: it migrates.`;
  } catch (error) {
    return describeError(error);
  }
}
