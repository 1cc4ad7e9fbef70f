import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface GoldStatement {
  sql: string;
  database: string;
}

/** The lines of a gold file: SQL, a tab, the database. */
export function readGold(file: string): GoldStatement[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const tab = line.lastIndexOf('\t');
      return { sql: line.slice(0, tab), database: line.slice(tab + 1).trim() };
    });
}

/** Undefined where the database is not there. */
export function databaseFile(spider: string, database: string): string | undefined {
  const file = join(spider, 'database', database, `${database}.sqlite`);
  return existsSync(file) ? file : undefined;
}
