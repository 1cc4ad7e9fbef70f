import { schemaOf, type SpiderSchema } from '../spider/schema.js';

/** What of a table counts here. */
interface Table {
  name: string;
  columns: readonly { name: string }[];
  foreignKeys: readonly { columns: string[]; referencedTable: string; referencedColumns: string[] }[];
}

/** A schema snapshot as Spider's grammar sees a database. */
export function schemaOfTables(tables: readonly Table[]): SpiderSchema {
  const columns: [number, string][] = [[-1, '*']];
  const places = new Map<string, number>();
  tables.forEach((table, at) => {
    for (const { name } of table.columns) {
      places.set(keyOf(table.name, name), columns.length);
      columns.push([at, name]);
    }
  });
  const keys = tables.flatMap(({ name, foreignKeys }) =>
    foreignKeys.flatMap((key) =>
      key.columns.flatMap((column, at): [number, number][] => {
        const from = places.get(keyOf(name, column));
        const to = places.get(keyOf(key.referencedTable, key.referencedColumns[at] ?? ''));
        return from === undefined || to === undefined ? [] : [[from, to]];
      }),
    ),
  );
  return schemaOf({
    table_names_original: tables.map(({ name }) => name),
    column_names_original: columns,
    foreign_keys: keys,
  });
}

function keyOf(table: string, column: string): string {
  return JSON.stringify([table.toLowerCase(), column.toLowerCase()]);
}
