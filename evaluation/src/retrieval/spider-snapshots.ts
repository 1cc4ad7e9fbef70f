import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Dialect } from '#shared/contracts/datasource';
import type { ColumnSnapshot, ForeignKey, SchemaSnapshot, TableSnapshot } from '#shared/contracts/snapshot';

const names = z.array(z.string()).nullish();
/** Index of the table and name of the column; -1 for `*`. */
const numberedNames = z.array(z.tuple([z.int(), z.string()])).nullish();

/**
 * One database of a tables.json as Spider and BIRD have it. Keys may be lists of columns; types, keys and one of each pair
 * of names may be missing.
 */
export const spiderDatabaseSchema = z
  .object({
    db_id: z.string(),
    table_names_original: names,
    table_names: names,
    column_names_original: numberedNames,
    column_names: numberedNames,
    column_types: z.array(z.string().nullable()).nullish(),
    primary_keys: z.array(z.unknown()).nullish(),
    foreign_keys: z.array(z.unknown()).nullish(),
  })
  .transform((read, context) => {
    const tables = read.table_names_original ?? read.table_names;
    const columns = read.column_names_original ?? read.column_names;
    if (!tables?.length || !columns) {
      context.addIssue('has no table_names_original or column_names_original');
      return z.NEVER;
    }
    return {
      id: read.db_id,
      tables,
      columns,
      readable: { tables: read.table_names ?? [], columns: read.column_names ?? [] },
      types: read.column_types ?? [],
      primaryKeys: (read.primary_keys ?? []).flatMap(columnsOf),
      foreignKeys: (read.foreign_keys ?? []).map((pair) => (Array.isArray(pair) ? pair.map(columnsOf) : [])),
    };
  });
export type SpiderDatabase = z.infer<typeof spiderDatabaseSchema>;

/**
 * Of tables and columns that are named twice, the case aside, only the first.
 * @param schema put before each table's name, as PostgreSQL has it for tables outside of the search path; '' for none
 */
export function tablesOf(database: SpiderDatabase, schema: string): TableSnapshot[] {
  const qualified = (at: number) => {
    const name = database.tables[at] ?? '';
    return schema ? `${schema}.${name}` : name;
  };
  const columnsByTable = Map.groupBy(database.columns.keys(), (at) => database.columns[at]?.[0] ?? -1);
  const columnsAt = (at: number) =>
    firstOfEach(columnsByTable.get(at) ?? [], (column) => database.columns[column]?.[1]).map((column) =>
      columnAt(database, column),
    );
  const primaryKeys = Map.groupBy(database.primaryKeys, (column) => database.columns[column]?.[0]);
  const foreignKeys = foreignKeysOf(database, qualified);
  return firstOfEach([...database.tables.keys()], (at) => database.tables[at]).map((at) => ({
    name: qualified(at),
    kind: 'table',
    columns: columnsAt(at),
    primaryKey: (primaryKeys.get(at) ?? []).map((column) => database.columns[column]?.[1] ?? ''),
    foreignKeys: foreignKeys.get(at) ?? [],
    ...remark(database.tables[at] ?? '', database.readable.tables[at]),
  }));
}

export function snapshotOf(tables: TableSnapshot[], dialect: Dialect = 'sqlite'): SchemaSnapshot {
  const fingerprint = createHash('sha256').update(JSON.stringify(tables)).digest('hex');
  return { dialect, tables, fingerprint, takenAt: new Date().toISOString() };
}

/** A column by its index, or several. */
function columnsOf(key: unknown): number[] {
  return [key].flat().filter((column): column is number => Number.isInteger(column));
}

function columnAt({ columns, types, readable }: SpiderDatabase, at: number): ColumnSnapshot {
  const name = columns[at]?.[1] ?? '';
  return { name, type: types[at] ?? '', nullable: true, ...remark(name, readable.columns[at]?.[1]) };
}

/** By the table that has them; none where a column is not there or belongs to another table than the others. */
function foreignKeysOf(
  { columns, foreignKeys }: SpiderDatabase,
  qualified: (table: number) => string,
): Map<number, ForeignKey[]> {
  const keys = new Map<number, ForeignKey[]>();
  for (const [from = [], to = []] of foreignKeys) {
    const [tables, targets] = [from, to].map((side) => [
      ...new Set(side.map((at) => columns[at]?.[0] ?? -1)),
    ]);
    const [table = -1, target = -1] = [tables?.[0], targets?.[0]];
    if (from.length !== to.length || tables?.length !== 1 || targets?.length !== 1 || table < 0 || target < 0)
      continue;
    const name = (at: number) => columns[at]?.[1] ?? '';
    const key = {
      columns: from.map(name),
      referencedTable: qualified(target),
      referencedColumns: to.map(name),
    };
    keys.set(table, [...(keys.get(table) ?? []), key]);
  }
  return keys;
}

function firstOfEach<T>(items: readonly T[], nameOf: (item: T) => string | undefined): T[] {
  const first = new Map<string | undefined, T>();
  for (const item of items) {
    const name = nameOf(item)?.toLowerCase();
    if (!first.has(name)) first.set(name, item);
  }
  return [...first.values()];
}

/** The readable name that tables.json adds, as a comment where it says more than the name does. */
function remark(original: string, readable: string | undefined): { comment?: string } {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  return readable === undefined || plain(readable) === plain(original) ? {} : { comment: readable };
}
