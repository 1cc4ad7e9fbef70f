import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { samples, type Sample, type SampleName } from './catalogue.js';
import { companyTables } from './company/data.js';
import { companySchema } from './company/schema.js';
import { digests } from './digests.js';
import { flightsTables } from './flights/data.js';
import { flightsSchema } from './flights/schema.js';
import type { Row, SampleDatabase } from './generate/sample-database.js';
import { shopTables } from './shop/data.js';
import { shopSchema } from './shop/schema.js';

const databases: Record<SampleName, SampleDatabase> = {
  shop: { schema: shopSchema, tables: shopTables },
  company: { schema: companySchema, tables: companyTables },
  flights: { schema: flightsSchema, tables: flightsTables },
};

export interface BuiltSample extends Sample {
  /** Where its database lies. */
  path: string;
}

/**
 * Writes the databases of all samples into the folder, those that are missing or of another version.
 * Each appears under its name only when complete, so that builds at the same time do no harm.
 */
export function buildSamples(folder: string): BuiltSample[] {
  mkdirSync(folder, { recursive: true });
  return samples.map((sample) => {
    const path = join(folder, sample.file);
    if (!isCurrent(path, sample.name)) buildSample(path, sample.name);
    return { ...sample, path };
  });
}

function buildSample(path: string, name: SampleName): void {
  const unfinished = `${path}.${process.pid}.unfinished`;
  rmSync(unfinished, { force: true });
  try {
    write(unfinished, name);
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function write(path: string, name: SampleName): void {
  const database = new Database(path);
  try {
    // Nothing reads the file before it is renamed: a crash leaves an unfinished file, never a broken one.
    database.pragma('journal_mode = OFF');
    database.pragma('synchronous = OFF');
    database.pragma('foreign_keys = ON');
    database.transaction(() => {
      fill(database, databases[name]);
      database.pragma(`user_version = ${version(name)}`);
    })();
  } finally {
    database.close();
  }
}

function fill(database: Database.Database, { schema, tables }: SampleDatabase): void {
  database.exec(schema);
  for (const [table, rows] of Object.entries(tables())) insert(database, table, rows);
}

function insert(database: Database.Database, table: string, rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const statement = database.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((column) => `@${column}`).join(', ')})`,
  );
  for (const row of rows) statement.run(row);
}

function isCurrent(path: string, name: SampleName): boolean {
  try {
    const database = new Database(path, { readonly: true, fileMustExist: true });
    try {
      return database.pragma('user_version', { simple: true }) === version(name);
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
}

/** The stamp in the file, from the content's digest: content that changed is built anew. Never 0, an empty file's stamp. */
function version(name: SampleName): number {
  return (Number.parseInt(digests[name].slice(0, 8), 16) & 0x7fffffff) | 1;
}
