import pg from 'pg';
import type { ColumnSnapshot, ForeignKey, TableSnapshot } from '#shared/contracts/snapshot';
import { describeError, permanent, retryable } from '#shared/errors/app-error';
import { isTransientDatabaseError } from '#shared/persistence/database';
import { longestValue, rowsSampled, valuesKept, valuesKeptOf } from './sampling.js';

interface TableRow {
  oid: number;
  name: string;
  /** As a statement names it: a dot may stand in each part. */
  relation: string;
  kind: 'table' | 'view';
  comment: string | null;
  rows: number | null;
}
interface ColumnRow {
  oid: number;
  number: number;
  name: string;
  type: string;
  nullable: boolean;
  comment: string | null;
  textual: boolean;
}
/** What the planner knows of a column's values; null where it knows nothing. */
interface StatisticsRow {
  oid: number;
  name: string;
  /** The most frequent ones, most frequent first. */
  common: string[] | null;
  /** A few of the others. */
  others: string[] | null;
}
interface KeyRow {
  oid: number;
  kind: 'p' | 'f';
  columns: string[];
  referenced: string | null;
  referencedColumns: string[] | null;
}

interface UniqueKeyRow {
  oid: number;
  columns: string[];
}

/** Tables in the search path go by their bare name, others by `schema.name`. Only what the role may select is seen. */
const tablesSql = `
  select c.oid::int, case when pg_table_is_visible(c.oid) then c.relname else n.nspname || '.' || c.relname end as name,
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) as relation,
    case when c.relkind in ('v', 'm') then 'view' else 'table' end as kind,
    obj_description(c.oid, 'pg_class') as comment,
    case when c.relkind <> 'v' and c.reltuples >= 0 then c.reltuples::float8 end as rows
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
    and not c.relispartition and has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select')
  order by 2`;

const columnsSql = `
  select a.attrelid::int as oid, a.attnum as number, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
    not a.attnotnull as nullable, col_description(a.attrelid, a.attnum) as comment,
    t.typcategory in ('S', 'E') as textual
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace join pg_type t on t.oid = a.atttypid
  where a.attrelid = any($1) and a.attnum > 0 and not a.attisdropped and has_column_privilege(a.attrelid, a.attnum, 'select')
  order by a.attrelid, a.attnum`;

/** Of textual columns, at most $2 values of each kind. */
const statisticsSql = `
  select c.oid::int as oid, a.attname as name, (s.most_common_vals::text::text[])[1:$2] as common,
    (s.histogram_bounds::text::text[])[1:$2] as others
  from pg_stats s join pg_namespace n on n.nspname = s.schemaname
    join pg_class c on c.relnamespace = n.oid and c.relname = s.tablename
    join pg_attribute a on a.attrelid = c.oid and a.attname = s.attname join pg_type t on t.oid = a.atttypid
  where c.oid = any($1) and t.typcategory in ('S', 'E') and not s.inherited`;

const keysSql = `
  select k.conrelid::int as oid, k.contype as kind, array(${columnNames('k.conrelid', 'k.conkey')}) as columns,
    case when k.contype = 'f' then case when pg_table_is_visible(r.oid) then r.relname else rn.nspname || '.' || r.relname end end as referenced,
    case when k.contype = 'f' then array(${columnNames('k.confrelid', 'k.confkey')}) end as "referencedColumns"
  from pg_constraint k left join pg_class r on r.oid = k.confrelid left join pg_namespace rn on rn.oid = r.relnamespace
  where k.conrelid = any($1) and k.contype in ('p', 'f') and k.conparentid = 0
  order by k.conrelid, k.conname`;

/** A partial index, or one over an expression, tells no columns apart. */
const uniqueKeysSql = `
  select i.indrelid::int as oid, array(${columnNames('i.indrelid', '(i.indkey::int2[])[0:i.indnkeyatts - 1]')}) as columns
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = any($1) and i.indisunique and not i.indisprimary and i.indisvalid
    and i.indpred is null and i.indexprs is null
  order by i.indrelid, c.relname`;

function columnNames(relation: string, keys: string): string {
  return `select a.attname::text from unnest(${keys}) with ordinality as u(attnum, position)
    join pg_attribute a on a.attrelid = ${relation} and a.attnum = u.attnum order by u.position`;
}

/** Above this many tables only the planner's statistics give sample values: no row is read. */
const tablesSampled = 200;
const statementTimeoutMs = 30_000;

export async function introspectPostgres(url: string, sampleValues: boolean): Promise<TableSnapshot[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    statement_timeout: statementTimeoutMs,
    application_name: 'nano-analyst introspection',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('begin transaction isolation level repeatable read, read only');
    return await readTables(client, sampleValues);
  } catch (error) {
    const message = `The PostgreSQL schema cannot be read: ${describeError(error)}`;
    if (isTransientDatabaseError(error))
      throw retryable('database_unreachable', message, { stage: 'retrieve', cause: error });
    throw permanent('introspection_failed', message, { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function readTables(client: pg.Client, sampleValues: boolean): Promise<TableSnapshot[]> {
  const { rows: tables } = await client.query<TableRow>(tablesSql);
  const oids = tables.map((table) => table.oid);
  const read = async <T extends { oid: number }>(statement: string, ...values: unknown[]) =>
    Map.groupBy((await client.query<T>(statement, [oids, ...values])).rows, (row) => row.oid);
  const columns = await read<ColumnRow>(columnsSql);
  const keys = await read<KeyRow>(keysSql);
  const uniqueKeys = await read<UniqueKeyRow>(uniqueKeysSql);
  const textual = columns.values().reduce((sum, rows) => sum + rows.filter((row) => row.textual).length, 0);
  const kept = valuesKeptOf(textual);
  const statistics = sampleValues
    ? await read<StatisticsRow>(statisticsSql, kept)
    : new Map<number, never[]>();
  const snapshots: TableSnapshot[] = [];
  for (const table of tables) {
    const own = columns.get(table.oid) ?? [];
    const values = valuesOf(statistics.get(table.oid) ?? [], kept);
    if (sampleValues && tables.length <= tablesSampled && table.kind === 'table')
      await ifPossible(client, () => sampleTable(client, table, own, values));
    snapshots.push({
      ...toSnapshot(table, own, keys.get(table.oid) ?? [], values),
      ...(table.kind === 'table' && {
        uniqueKeys: (uniqueKeys.get(table.oid) ?? []).map((key) => key.columns),
      }),
    });
  }
  return snapshots;
}

function toSnapshot(
  table: TableRow,
  columns: ColumnRow[],
  keys: KeyRow[],
  sampled: ReadonlyMap<string, string[]>,
): TableSnapshot {
  const foreignKeys = keys.flatMap((key): ForeignKey[] =>
    key.kind === 'f' && key.referenced !== null && key.referencedColumns
      ? [{ columns: key.columns, referencedTable: key.referenced, referencedColumns: key.referencedColumns }]
      : [],
  );
  return {
    name: table.name,
    kind: table.kind,
    columns: columns.map((column): ColumnSnapshot => {
      const values = sampled.get(column.name) ?? [];
      return {
        name: column.name,
        type: column.type,
        nullable: column.nullable,
        ...(column.comment !== null && { comment: column.comment }),
        ...(values.length > 0 && { sampleValues: values }),
      };
    }),
    primaryKey: keys.find((key) => key.kind === 'p')?.columns ?? [],
    foreignKeys,
    ...(table.comment !== null && { comment: table.comment }),
    ...(table.rows !== null && { rowCount: Math.round(table.rows) }),
  };
}

/** By column: the most frequent values, then a few others. */
function valuesOf(statistics: readonly StatisticsRow[], kept: number): Map<string, string[]> {
  return new Map(
    statistics.map(({ name, common, others }) => {
      const values = [...(common ?? []), ...(others ?? [])];
      return [
        name,
        values.filter((value) => value.length > 0 && value.length <= longestValue).slice(0, kept),
      ];
    }),
  );
}

/** What fails leaves the transaction as it was: a foreign table's server may be away, a policy of its rows may not work. */
async function ifPossible(client: pg.Client, read: () => Promise<void>): Promise<void> {
  await client.query('savepoint sample');
  try {
    await read();
  } catch (error) {
    if (isTransientDatabaseError(error)) throw error;
    await client.query('rollback to savepoint sample');
  }
}

/** Reads, from the first rows, values of the columns of whose the statistics have none. */
async function sampleTable(
  client: pg.Client,
  { relation }: TableRow,
  columns: ColumnRow[],
  values: Map<string, string[]>,
): Promise<void> {
  for (const column of columns.filter((column) => column.textual && !values.get(column.name)?.length)) {
    const name = pg.escapeIdentifier(column.name);
    const { rows } = await client.query<{ v: string }>(
      `select v::text as v from (select ${name} as v from ${relation} limit ${rowsSampled}) s
       where v is not null and length(v::text) between 1 and ${longestValue} group by v order by count(*) desc, v limit ${valuesKept}`,
    );
    values.set(
      column.name,
      rows.map((row) => row.v),
    );
  }
}
