import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';

export interface SmallDatabase {
  file: string;
  remove(): void;
}

/** Two tables joined by a key: enough for every path through the pipeline. */
export function makeSmallDatabase(): SmallDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'nano-test-data-'));
  const file = join(folder, 'small.sqlite');
  const db = new SqliteDatabase(file);
  db.exec(`
    create table city (id integer primary key, name text not null, country text not null);
    create table person (id integer primary key, name text not null, city_id integer references city (id), born date);
    insert into city values (1, 'Wien', 'Austria'), (2, 'Berlin', 'Germany'), (3, 'Graz', 'Austria');
    insert into person values (1, 'Ada', 1, '1990-02-03'), (2, 'Bob', 1, '1985-07-01'), (3, 'Cem', 2, null);
  `);
  db.close();
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export const countPeople = { sql: 'SELECT count(*) AS n FROM person', rows: [[3]] };
/** Runs for some ten milliseconds: work that can be interrupted, on a machine that has little to spare. */
export const slowSql =
  'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 150000) SELECT count(*) AS n FROM c';
/** Runs until it is stopped. */
export const endlessSql =
  'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) AS n FROM c';
