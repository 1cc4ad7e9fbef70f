import { DatabaseSync } from 'node:sqlite';
import { schemaOfTables } from '../questions/snapshot-schema.js';
import type { SpiderSchema } from '../spider/schema.js';

interface KeyRow {
  column: string;
  referencedTable: string;
  referencedColumn: string | null;
}

/** A database as Spider's grammar sees it, from the file itself, as the official evaluator reads it. */
export function readSqliteSchema(file: string): SpiderSchema {
  const database = new DatabaseSync(file, { readOnly: true });
  const rowsOf = <Row>(sql: string, ...values: string[]) =>
    database.prepare(sql).all(...values) as unknown as Row[];
  try {
    const names = rowsOf<{ name: string }>("select name from sqlite_master where type = 'table'");
    return schemaOfTables(
      names.map(({ name }) => ({
        name,
        columns: rowsOf<{ name: string }>('select name from pragma_table_info(?)', name),
        foreignKeys: rowsOf<KeyRow>(
          'select "from" as "column", "table" as referencedTable, "to" as referencedColumn from pragma_foreign_key_list(?)',
          name,
        ).map(({ column, referencedTable, referencedColumn }) => ({
          columns: [column],
          referencedTable,
          referencedColumns: [referencedColumn ?? column],
        })),
      })),
    );
  } finally {
    database.close();
  }
}
