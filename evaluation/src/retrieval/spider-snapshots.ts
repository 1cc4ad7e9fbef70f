import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Dialect } from '#shared/contracts/datasource';
import type { ColumnSnapshot, ForeignKey, SchemaSnapshot, TableSnapshot } from '#shared/contracts/snapshot';

const numberedName = z.tuple([z.int(), z.string()]);

/** One database of a tables.json as Spider and BIRD have it. Keys may be lists of columns. */
export const spiderDatabaseSchema = z.object({
  db_id: z.string(),
  table_names_original: z.array(z.string()),
  table_names: z.array(z.string()).optional(),
  column_names_original: z.array(numberedName),
  column_names: z.array(numberedName).optional(),
  column_types: z.array(z.string()).default([]),
  primary_keys: z.array(z.union([z.int(), z.array(z.int())])).default([]),
  foreign_keys: z.array(z.tuple([z.int(), z.int()])).default([]),
});
export type SpiderDatabase = z.infer<typeof spiderDatabaseSchema>;

/** @param schema put before each table's name, as PostgreSQL has it for tables outside of the search path; '' for none */
export function tablesOf(database: SpiderDatabase, schema: string): TableSnapshot[] {
  const qualified = (at: number) => {
    const name = database.table_names_original[at] ?? '';
    return schema ? `${schema}.${name}` : name;
  };
  const place = (column: number): [table: number, name: string] =>
    database.column_names_original[column] ?? [-1, ''];
  const keys = database.foreign_keys.map(([from, to]) => ({ from: place(from), to: place(to) }));
  return database.table_names_original.map((original, table) => ({
    name: qualified(table),
    kind: 'table',
    columns: database.column_names_original.flatMap(([owner, name], at): ColumnSnapshot[] => {
      if (owner !== table) return [];
      const type = database.column_types[at] ?? '';
      return [{ name, type, nullable: true, ...remark(name, database.column_names?.[at]?.[1]) }];
    }),
    primaryKey: database.primary_keys
      .flat()
      .map(place)
      .flatMap(([owner, name]) => (owner === table ? [name] : [])),
    foreignKeys: keys.flatMap(({ from, to }): ForeignKey[] =>
      from[0] === table && to[0] >= 0
        ? [{ columns: [from[1]], referencedTable: qualified(to[0]), referencedColumns: [to[1]] }]
        : [],
    ),
    ...remark(original, database.table_names?.[table]),
  }));
}

export function snapshotOf(tables: TableSnapshot[], dialect: Dialect = 'sqlite'): SchemaSnapshot {
  const fingerprint = createHash('sha256').update(JSON.stringify(tables)).digest('hex');
  return { dialect, tables, fingerprint, takenAt: new Date().toISOString() };
}

/** The readable name that tables.json adds, as a comment where it says more than the name does. */
function remark(original: string, readable: string | undefined): { comment?: string } {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  return readable === undefined || plain(readable) === plain(original) ? {} : { comment: readable };
}
