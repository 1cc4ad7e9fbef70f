import { createHash } from 'node:crypto';
import { type AccessPolicy, type Connection, hiddenColumns } from '#shared/contracts/datasource';
import type { Descriptions } from '#shared/contracts/descriptions';
import type { ColumnSnapshot, SchemaSnapshot, TableSnapshot } from '#shared/contracts/snapshot';
import { permanent } from '#shared/errors/app-error';
import { describe } from './describe.js';
import { inferForeignKeys } from './inferred-keys.js';
import { introspectMysql } from './mysql.introspector.js';
import { introspectPostgres } from './postgres.introspector.js';
import { introspectSqlite } from './sqlite.introspector.js';

/**
 * Reads the schema of a datasource, as far as its policy shows it, and lays over it what people say.
 * @throws AppError `introspection_failed` (permanent) or `database_unreachable` (retryable)
 */
export async function introspect(
  connection: Connection,
  policy: AccessPolicy,
  descriptions?: Descriptions,
): Promise<SchemaSnapshot> {
  const tables = (await introspectDialect(connection, policy)).filter((table) =>
    isVisible(table.name, policy),
  );
  if (tables.length === 0) throw permanent('no_tables', 'The datasource has no table that its policy shows.');
  const lower = (names: string[] | undefined) => names?.map((name) => name.toLowerCase());
  const columnsOf = (name: string) =>
    tables
      .find((table) => table.name.toLowerCase() === name)
      ?.columns.map((column) => column.name.toLowerCase()) ?? [];
  const hidden = hiddenColumns(
    { allowColumns: lower(policy.allowColumns), denyColumns: lower(policy.denyColumns) },
    columnsOf,
  );
  const isHidden = (table: string, column: string) =>
    hidden.get(table.toLowerCase())?.has(column.toLowerCase()) ?? false;
  const visible = new Set(tables.map((table) => table.name));
  const closed = tables.map((table) => ({
    ...table,
    columns: table.columns
      .filter((column) => !isHidden(table.name, column.name))
      .map((column) => (table.kind === 'view' && hidden.size > 0 ? withoutValues(column) : column)),
    primaryKey: table.primaryKey.some((name) => isHidden(table.name, name)) ? [] : table.primaryKey,
    foreignKeys: table.foreignKeys.filter(
      ({ columns, referencedTable, referencedColumns }) =>
        visible.has(referencedTable) &&
        !columns.some((name) => isHidden(table.name, name)) &&
        !referencedColumns.some((name) => isHidden(referencedTable, name)),
    ),
    ...(table.uniqueKeys && {
      uniqueKeys: table.uniqueKeys.filter((key) => !key.some((name) => isHidden(table.name, name))),
    }),
  }));
  const described = describe(inferForeignKeys(closed), descriptions);
  const fingerprint = createHash('sha256').update(JSON.stringify(described)).digest('hex');
  return { dialect: connection.dialect, ...described, fingerprint, takenAt: new Date().toISOString() };
}

function introspectDialect(
  connection: Connection,
  policy: AccessPolicy,
): Promise<TableSnapshot[]> | TableSnapshot[] {
  // What one caller may see must not reach another through the snapshot.
  const keepsValues = policy.sampleValues && !policy.asCaller;
  switch (connection.dialect) {
    case 'sqlite':
      return introspectSqlite(connection.file, keepsValues);
    case 'postgres':
      return introspectPostgres(connection.url, keepsValues);
    case 'mysql':
      return introspectMysql(connection.url, keepsValues);
  }
}

/** A view may show a hidden column under any name: its values stay out of the snapshot. */
function withoutValues({ sampleValues: _, ...column }: ColumnSnapshot): ColumnSnapshot {
  return column;
}

function isVisible(name: string, policy: AccessPolicy): boolean {
  const has = (list: string[]) => list.some((entry) => entry.toLowerCase() === name.toLowerCase());
  if (policy.denyTables && has(policy.denyTables)) return false;
  return !policy.allowTables || has(policy.allowTables);
}
