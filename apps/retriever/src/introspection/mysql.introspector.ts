import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { ColumnSnapshot, ForeignKey, TableSnapshot } from '#shared/contracts/snapshot';
import { describeError, permanent, retryable } from '#shared/errors/app-error';
import { isTransientMysqlError, mysqlOptions } from '#shared/databases/mysql-options';
import { longestValue, rowsSampled, valuesKept } from './sampling.js';

interface TableRow extends RowDataPacket {
  name: string;
  kind: string;
  comment: string;
  rowCount: number | null;
}
interface ColumnRow extends RowDataPacket {
  table: string;
  name: string;
  type: string;
  nullable: string;
  comment: string;
  textual: number;
}
interface KeyRow extends RowDataPacket {
  table: string;
  key: string;
  column: string;
  referencedTable: string | null;
  referencedColumn: string | null;
}

interface UniqueKeyRow extends RowDataPacket {
  table: string;
  key: string;
  column: string | null;
  part: number | null;
}

const tablesSql = `
  SELECT TABLE_NAME AS name, TABLE_TYPE AS kind, TABLE_COMMENT AS comment, TABLE_ROWS AS rowCount
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') ORDER BY TABLE_NAME`;

const columnsSql = `
  SELECT TABLE_NAME AS \`table\`, COLUMN_NAME AS name, COLUMN_TYPE AS type, IS_NULLABLE AS nullable, COLUMN_COMMENT AS comment,
    DATA_TYPE IN ('char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set') AS textual
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION`;

const keysSql = `
  SELECT TABLE_NAME AS \`table\`, CONSTRAINT_NAME AS \`key\`, COLUMN_NAME AS \`column\`,
    REFERENCED_TABLE_NAME AS referencedTable, REFERENCED_COLUMN_NAME AS referencedColumn
  FROM information_schema.KEY_COLUMN_USAGE
  WHERE TABLE_SCHEMA = DATABASE() AND (CONSTRAINT_NAME = 'PRIMARY' OR REFERENCED_TABLE_SCHEMA = DATABASE())
  ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`;

/** An index over an expression or the beginning of a column tells no columns apart. */
const uniqueKeysSql = `
  SELECT TABLE_NAME AS \`table\`, INDEX_NAME AS \`key\`, COLUMN_NAME AS \`column\`, SUB_PART AS part
  FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND NON_UNIQUE = 0 AND INDEX_NAME <> 'PRIMARY'
  ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`;

/** Above this many tables no row is read: there are no statistics to take sample values from. */
const tablesSampled = 200;

export async function introspectMysql(url: string, sampleValues: boolean): Promise<TableSnapshot[]> {
  let connection: Connection | undefined;
  try {
    connection = await createConnection({ ...mysqlOptions(url), rowsAsArray: false });
    connection.on('error', () => undefined);
    await connection.query('START TRANSACTION READ ONLY');
    return await readTables(connection, sampleValues);
  } catch (error) {
    const message = `The MySQL schema cannot be read: ${describeError(error)}`;
    if (isTransientMysqlError(error))
      throw retryable('database_unreachable', message, { stage: 'retrieve', cause: error });
    throw permanent('introspection_failed', message, { cause: error });
  } finally {
    connection?.destroy();
  }
}

async function readTables(connection: Connection, sampleValues: boolean): Promise<TableSnapshot[]> {
  const [tables] = await connection.query<TableRow[]>(tablesSql);
  const columns = Map.groupBy((await connection.query<ColumnRow[]>(columnsSql))[0], (row) => row.table);
  const keys = Map.groupBy((await connection.query<KeyRow[]>(keysSql))[0], (row) => row.table);
  const uniqueKeys = Map.groupBy(
    (await connection.query<UniqueKeyRow[]>(uniqueKeysSql))[0],
    (row) => row.table,
  );
  const snapshots: TableSnapshot[] = [];
  for (const table of tables) {
    const own = columns.get(table.name) ?? [];
    // A view of what is gone has no columns.
    if (own.length === 0) continue;
    const sampled = sampleValues && tables.length <= tablesSampled && table.kind !== 'VIEW';
    const values = sampled ? await sample(connection, table.name, own) : new Map<string, string[]>();
    const snapshot = toSnapshot(table, own, keys.get(table.name) ?? [], values);
    const unique = uniqueKeysOf(uniqueKeys.get(table.name) ?? []);
    snapshots.push({ ...snapshot, ...(snapshot.kind === 'table' && { uniqueKeys: unique }) });
  }
  return snapshots;
}

function toSnapshot(
  table: TableRow,
  columns: readonly ColumnRow[],
  keys: readonly KeyRow[],
  values: ReadonlyMap<string, string[]>,
): TableSnapshot {
  const isView = table.kind === 'VIEW';
  return {
    name: table.name,
    kind: isView ? 'view' : 'table',
    columns: columns.map(({ name, type, nullable, comment }): ColumnSnapshot => {
      const samples = values.get(name) ?? [];
      return {
        name,
        type,
        nullable: nullable === 'YES',
        ...(comment !== '' && { comment }),
        ...(samples.length > 0 && { sampleValues: samples }),
      };
    }),
    primaryKey: keys.filter(({ key }) => key === 'PRIMARY').map(({ column }) => column),
    foreignKeys: foreignKeys(keys),
    // A view's comment is the word VIEW.
    ...(!isView && table.comment !== '' && { comment: table.comment }),
    ...(!isView && table.rowCount !== null && { rowCount: table.rowCount }),
  };
}

function foreignKeys(keys: readonly KeyRow[]): ForeignKey[] {
  const named = Map.groupBy(
    keys.filter(({ referencedTable }) => referencedTable !== null),
    ({ key }) => key,
  );
  return [...named.values()].map((parts) => ({
    columns: parts.map(({ column }) => column),
    referencedTable: parts[0]?.referencedTable ?? '',
    referencedColumns: parts.map(({ referencedColumn }) => referencedColumn ?? ''),
  }));
}

function uniqueKeysOf(rows: readonly UniqueKeyRow[]): string[][] {
  return [...Map.groupBy(rows, ({ key }) => key).values()].flatMap((parts) => {
    const columns = parts.flatMap(({ column, part }) => (part === null ? (column ?? []) : []));
    return columns.length === parts.length ? [columns] : [];
  });
}

/** Frequent values of the textual columns, among the first rows. */
async function sample(
  connection: Connection,
  table: string,
  columns: readonly ColumnRow[],
): Promise<Map<string, string[]>> {
  const values = new Map<string, string[]>();
  for (const { name } of columns.filter(({ textual }) => textual === 1)) {
    const rows = await rowsIfPossible(
      connection,
      `SELECT v FROM (SELECT ${quote(name)} AS v FROM ${quote(table)} LIMIT ${rowsSampled}) s
       WHERE CHAR_LENGTH(v) BETWEEN 1 AND ${longestValue} GROUP BY v ORDER BY COUNT(*) DESC, v LIMIT ${valuesKept}`,
    );
    values.set(
      name,
      rows.map(({ v }) => String(v)),
    );
  }
  return values;
}

/** A column may be seen and not be read, and the server of a table that is elsewhere may be away. */
async function rowsIfPossible(connection: Connection, statement: string): Promise<RowDataPacket[]> {
  try {
    return (await connection.query<RowDataPacket[]>(statement))[0];
  } catch (error) {
    if (isTransientMysqlError(error)) throw error;
    return [];
  }
}

function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
