import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export const rowCount = 10_000;

export interface BenchDatabase {
  file: string;
  remove(): void;
}

/** 10,000 customers: an integer, texts of different lengths, a number with a fraction, a date. */
export function makeDatabase(): BenchDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'nano-bench-'));
  const file = join(folder, 'customers.sqlite');
  const database = new Database(file);
  database.exec(`
    CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, country TEXT, total REAL, created TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rowCount})
      INSERT INTO customer SELECT i, 'customer ' || i, 'AT', i * 1.25, date('2020-01-01', i || ' hours') FROM n;`);
  database.close();
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
