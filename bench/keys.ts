/**
 * `npm run bench:keys -- FOLDER [--wrong|--missed]`: how many of the inferred foreign keys a folder with Spider's
 * `tables.json` declares, and how many of the declared ones are inferred. See docs/retrieval.md.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import { inferForeignKeys } from '../apps/retriever/src/introspection/inferred-keys.js';

const databaseSchema = z.object({
  db_id: z.string(),
  table_names_original: z.array(z.string()),
  column_names_original: z.array(z.tuple([z.number(), z.string()])),
  column_types: z.array(z.string()),
  primary_keys: z.array(z.union([z.number(), z.array(z.number())])),
  foreign_keys: z.array(z.tuple([z.number(), z.number()])),
});
type SpiderDatabase = z.infer<typeof databaseSchema>;

const [folder = '.', detail] = process.argv.slice(2);
const databases = z
  .array(databaseSchema)
  .parse(JSON.parse(await readFile(join(folder, 'tables.json'), 'utf8')));

let [inferred, declared, both] = [0, 0, 0];
for (const database of databases) {
  const gold = new Set(
    database.foreign_keys.map(([from, to]) => `${nameOf(database, from)} = ${nameOf(database, to)}`),
  );
  const found = inferForeignKeys(toTables(database)).flatMap((table) =>
    table.foreignKeys.map(
      (key) => `${table.name}.${key.columns[0]} = ${key.referencedTable}.${key.referencedColumns[0]}`,
    ),
  );
  const right = found.filter((key) => gold.has(key));
  inferred += found.length;
  declared += gold.size;
  both += right.length;
  if (detail === '--wrong')
    for (const key of found) if (!gold.has(key)) console.log(`wrong ${database.db_id}: ${key}`);
  if (detail === '--missed')
    for (const key of gold) if (!found.includes(key)) console.log(`missed ${database.db_id}: ${key}`);
}
const precision = both / inferred;
const recall = both / declared;
console.log(JSON.stringify({ databases: databases.length, inferred, declared, both, precision, recall }));

function nameOf(database: SpiderDatabase, column: number): string {
  const [table, name] = database.column_names_original[column] ?? [0, ''];
  return `${database.table_names_original[table]}.${name}`;
}

function toTables(database: SpiderDatabase): TableSnapshot[] {
  return database.table_names_original.map((name, index) => {
    const columns = database.column_names_original.flatMap(([table, column], number) =>
      table === index
        ? [{ number, name: column, type: database.column_types[number] ?? '', nullable: true }]
        : [],
    );
    const numbers = new Set(columns.map(({ number }) => number));
    const key =
      database.primary_keys.map((key) => [key].flat()).find((key) => numbers.has(key[0] ?? -1)) ?? [];
    return {
      name,
      kind: 'table',
      columns: columns.map(({ number: _, ...column }) => column),
      primaryKey: key.flatMap((number) => database.column_names_original[number]?.[1] ?? []),
      foreignKeys: [],
    };
  });
}
