import pg from 'pg';
import type { ColumnSnapshot, ForeignKey, TableSnapshot } from '#shared/contracts/snapshot';
import { describeError, permanent, retryable } from '#shared/errors/app-error';
import { isTransientDatabaseError } from '#shared/persistence/database';
import { longestValue, rowsSampled, valuesKept } from './sampling.js';

interface TableRow {
  oid: number;
  name: string;
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
  values: string[] | null;
}
interface KeyRow {
  oid: number;
  kind: 'p' | 'f';
  columns: string[];
  referenced: string | null;
  referencedColumns: string[] | null;
}

/** Tables in the search path go by their bare name, others by `schema.name`. Only what the role may select is seen. */
const tablesSql = `
  select c.oid::int, case when pg_table_is_visible(c.oid) then c.relname else n.nspname || '.' || c.relname end as name,
    case when c.relkind in ('v', 'm') then 'view' else 'table' end as kind,
    obj_description(c.oid, 'pg_class') as comment,
    case when c.relkind in ('r', 'm') and c.reltuples >= 0 then c.reltuples::float8 end as rows
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
    and not c.relispartition and has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select')
  order by 2`;

const columnsSql = `
  select a.attrelid::int as oid, a.attnum as number, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
    not a.attnotnull as nullable, col_description(a.attrelid, a.attnum) as comment,
    t.typcategory in ('S', 'E') as textual,
    case when $2 and t.typcategory in ('S', 'E') then
      (select s.most_common_vals::text::text[] from pg_stats s
       where s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname and not s.inherited) end as values
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace join pg_type t on t.oid = a.atttypid
  where a.attrelid = any($1) and a.attnum > 0 and not a.attisdropped and has_column_privilege(a.attrelid, a.attnum, 'select')
  order by a.attrelid, a.attnum`;

const keysSql = `
  select k.conrelid::int as oid, k.contype as kind, array(${columnNames('k.conrelid', 'k.conkey')}) as columns,
    case when k.contype = 'f' then case when pg_table_is_visible(r.oid) then r.relname else rn.nspname || '.' || r.relname end end as referenced,
    case when k.contype = 'f' then array(${columnNames('k.confrelid', 'k.confkey')}) end as "referencedColumns"
  from pg_constraint k left join pg_class r on r.oid = k.confrelid left join pg_namespace rn on rn.oid = r.relnamespace
  where k.conrelid = any($1) and k.contype in ('p', 'f') and k.conparentid = 0
  order by k.conrelid, k.conname`;

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
  const columns = Map.groupBy(
    (await client.query<ColumnRow>(columnsSql, [oids, sampleValues])).rows,
    (row) => row.oid,
  );
  const keys = Map.groupBy((await client.query<KeyRow>(keysSql, [oids])).rows, (row) => row.oid);
  const snapshots: TableSnapshot[] = [];
  for (const table of tables) {
    const sampled =
      sampleValues && tables.length <= tablesSampled
        ? await sampleTable(client, table, columns.get(table.oid) ?? [])
        : new Map<string, string[]>();
    snapshots.push(toSnapshot(table, columns.get(table.oid) ?? [], keys.get(table.oid) ?? [], sampled));
  }
  return snapshots;
}

function toSnapshot(
  table: TableRow,
  columns: ColumnRow[],
  keys: KeyRow[],
  sampled: Map<string, string[]>,
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
      const values = (column.values ?? sampled.get(column.name) ?? [])
        .filter((value) => value.length > 0 && value.length <= longestValue)
        .slice(0, valuesKept);
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

/** Values of the columns that the statistics know nothing of, read from the first rows. */
async function sampleTable(
  client: pg.Client,
  table: TableRow,
  columns: ColumnRow[],
): Promise<Map<string, string[]>> {
  const values = new Map<string, string[]>();
  for (const column of columns.filter(
    (column) => column.textual && column.values === null && table.kind === 'table',
  )) {
    const name = pg.escapeIdentifier(column.name);
    const relation = table.name.split('.').map(pg.escapeIdentifier).join('.');
    const { rows } = await client.query<{ v: string }>(
      `select v::text as v from (select ${name} as v from ${relation} limit ${rowsSampled}) s
       where v is not null and length(v::text) between 1 and ${longestValue} group by v order by count(*) desc, v limit ${valuesKept}`,
    );
    values.set(
      column.name,
      rows.map((row) => row.v),
    );
  }
  return values;
}
