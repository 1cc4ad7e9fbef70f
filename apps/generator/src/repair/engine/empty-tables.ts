import type { TableSnapshot } from '#shared/contracts/snapshot';

/** The tables of a snapshot, without rows, keys and types, for SQLite to look names up in. */
export function emptyTables(tables: readonly TableSnapshot[]): string {
  return tables
    .map(
      ({ name, columns }) =>
        `CREATE TABLE ${quoted(name)} (${columns.map((column) => quoted(column.name)).join(', ')});`,
    )
    .join('\n');
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
