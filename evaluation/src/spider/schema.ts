import { z } from 'zod';
import { permanent } from '#shared/errors/app-error';

/** One entry of tables.json; column 0 is `*`, of table -1. */
const tablesEntrySchema = z.object({
  db_id: z.string(),
  table_names_original: z.array(z.string()),
  column_names_original: z.array(z.tuple([z.int(), z.string()])),
  foreign_keys: z.array(z.tuple([z.int(), z.int()])).default([]),
});

/** A database as Spider's grammar sees it; all names in lower case. */
export interface SpiderSchema {
  /** Table → its columns. */
  columns: Map<string, string[]>;
  /** `table.column` → the column that stands for all that foreign keys hold equal to it. */
  canonicalColumns: Map<string, string>;
}

/** Parsed tables.json, by database. */
export function readSchemas(tables: unknown, file = 'tables.json'): Map<string, SpiderSchema> {
  const entries = z.array(tablesEntrySchema).safeParse(tables);
  if (!entries.success) throw permanent('invalid_request', `${file}: ${z.prettifyError(entries.error)}`);
  return new Map(entries.data.map((entry) => [entry.db_id, schemaOf(entry)]));
}

/** What tables.json tells of one database. */
export function schemaOf(entry: Omit<z.infer<typeof tablesEntrySchema>, 'db_id'>): SpiderSchema {
  const tables = entry.table_names_original.map((name) => name.toLowerCase());
  const columns = new Map(tables.map((table) => [table, [] as string[]]));
  const names = entry.column_names_original.map(([at, name]) => {
    const table = tables[at];
    if (table === undefined) return '*';
    columns.get(table)?.push(name.toLowerCase());
    return `${table}.${name.toLowerCase()}`;
  });
  const canonicalColumns = new Map<string, string>();
  for (const group of keyGroups(entry.foreign_keys)) {
    const canonical = names[Math.min(...group)];
    for (const at of group) canonicalColumns.set(names[at] ?? '*', canonical ?? '*');
  }
  return { columns, canonicalColumns };
}

/** Columns that keys link. Each key joins the first group it touches; the definition merges no groups later. */
function keyGroups(keys: [number, number][]): Set<number>[] {
  const groups: Set<number>[] = [];
  for (const [from, to] of keys) {
    let group = groups.find((candidate) => candidate.has(from) || candidate.has(to));
    if (!group) groups.push((group = new Set()));
    group.add(from).add(to);
  }
  return groups;
}
