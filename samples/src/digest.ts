import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';

/** SHA-256 over the schema's text and every row of every table, whatever the file's layout. */
export function digestOf(database: Database.Database): string {
  const hash = createHash('sha256');
  const objects = database
    .prepare<[], { type: string; name: string; sql: string }>(
      "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY type, name",
    )
    .all();
  for (const { type, name, sql } of objects) {
    hash.update(`${sql}\n`);
    if (type !== 'table') continue;
    const columns = database
      .prepare<[], { name: string }>(`SELECT name FROM pragma_table_info('${name}')`)
      .all();
    const order = columns.map((_, index) => index + 1).join(', ');
    const rows = database.prepare(`SELECT * FROM ${name} ORDER BY ${order}`).raw();
    for (const row of rows.iterate()) hash.update(`${JSON.stringify(row)}\n`);
  }
  return hash.digest('hex');
}
