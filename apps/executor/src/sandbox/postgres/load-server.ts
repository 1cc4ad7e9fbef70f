import type { ClientBase } from 'pg';
import type { ServerFacts } from '../../guard/server-facts.js';

/** Extensions whose functions compute and nothing else, volatile ones apart. */
const trustedExtensions = [
  ...[
    'btree_gin',
    'btree_gist',
    'citext',
    'cube',
    'earthdistance',
    'fuzzystrmatch',
    'hstore',
    'intarray',
    'isn',
  ],
  ...[
    'ltree',
    'pg_trgm',
    'pgcrypto',
    'postgis',
    'postgis_raster',
    'postgis_topology',
    'seg',
    'unaccent',
    'vector',
  ],
];

const trusted = `EXISTS (SELECT 1 FROM pg_depend x JOIN pg_extension e ON e.oid = x.refobjid
  WHERE x.deptype = 'e' AND x.refclassid = 'pg_extension'::regclass AND e.extname = ANY ($1)`;

const functionsSql = `
  SELECT p.proname AS name, n.nspname = 'pg_catalog' AS builtin,
    ${trusted} AND x.classid = 'pg_proc'::regclass AND x.objid = p.oid)
      AND p.provolatile <> 'v' AND NOT p.prosecdef AS trusted,
    p.pronargs - p.pronargdefaults <= 1 AND p.pronargs >= 1
      AND (t.typtype = 'c' OR t.typname IN ('record', 'any', 'anyelement', 'anynonarray', 'anycompatible', 'anycompatiblenonarray')) AS takes_row
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  LEFT JOIN pg_type t ON t.oid = p.proargtypes[0]`;

const operatorsSql = `
  SELECT DISTINCT o.oprname AS name FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
  WHERE p.pronamespace <> 'pg_catalog'::regnamespace
    AND NOT (${trusted} AND x.classid = 'pg_operator'::regclass AND x.objid = o.oid))`;

const typesSql = `
  SELECT DISTINCT t.typname AS name FROM pg_cast c JOIN pg_proc p ON p.oid = c.castfunc
  JOIN pg_type t ON t.oid IN (c.castsource, c.casttarget)
  WHERE p.pronamespace <> 'pg_catalog'::regnamespace AND t.typnamespace <> 'pg_catalog'::regnamespace
    AND NOT (${trusted} AND x.classid = 'pg_cast'::regclass AND x.objid = c.oid))
  UNION SELECT t.typname FROM pg_type t JOIN pg_constraint k ON k.contypid = t.oid
  JOIN pg_depend d ON d.classid = 'pg_constraint'::regclass AND d.objid = k.oid AND d.refclassid = 'pg_proc'::regclass
  JOIN pg_proc p ON p.oid = d.refobjid WHERE p.pronamespace <> 'pg_catalog'::regnamespace`;

/** One row an edge: reading the first relation reads the second. */
const reachSql = `
  SELECT DISTINCT nv.nspname || '.' || v.relname AS reader, nt.nspname || '.' || t.relname AS read
  FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class
  JOIN pg_namespace nv ON nv.oid = v.relnamespace
  JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace nt ON nt.oid = t.relnamespace
  WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND v.oid <> t.oid
    AND nv.nspname NOT IN ('pg_catalog', 'information_schema')
  UNION SELECT np.nspname || '.' || p.relname, nc.nspname || '.' || c.relname
  FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace np ON np.oid = p.relnamespace
  JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace nc ON nc.oid = c.relnamespace`;

const columnsSql = `
  SELECT n.nspname || '.' || c.relname AS name, array_agg(a.attname::text) AS columns
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  GROUP BY 1`;

interface FunctionRow {
  name: string;
  builtin: boolean;
  trusted: boolean;
  takes_row: boolean | null;
}

export interface Server {
  facts: ServerFacts;
  /** Names of types by object id. */
  typeNames: ReadonlyMap<number, string>;
}

export async function loadServer(client: ClientBase): Promise<Server> {
  const { rows } = await client.query<{ oid: string; name: string }>(
    'SELECT oid::text, format_type(oid, NULL) AS name FROM pg_type',
  );
  const typeNames = new Map(rows.map(({ oid, name }) => [Number(oid), name]));
  return { facts: await loadFacts(client), typeNames };
}

/** Reads what the guard must know; by system catalogues that every role can read. */
async function loadFacts(client: ClientBase): Promise<ServerFacts> {
  const path = await client.query<{ path: string[] }>('SELECT current_schemas(false)::text[] AS path');
  const functions = (await client.query<FunctionRow>(functionsSql, [trustedExtensions])).rows;
  const operators = (await client.query<{ name: string }>(operatorsSql, [trustedExtensions])).rows;
  const types = (await client.query<{ name: string }>(typesSql, [trustedExtensions])).rows;
  const edges = (await client.query<{ reader: string; read: string }>(reachSql)).rows;
  const columns = (await client.query<{ name: string; columns: string[] }>(columnsSql)).rows;
  const foreign = new Set(functions.filter((row) => !row.builtin && !row.trusted).map(({ name }) => name));
  const own = functions.filter((row) => !row.builtin && row.trusted).map(({ name }) => name);
  return {
    searchPath: path.rows[0]?.path ?? ['public'],
    functionNames: new Set(functions.map(({ name }) => name)),
    foreignFunctions: foreign,
    extensionFunctions: new Set(own.filter((name) => !foreign.has(name))),
    rowFunctions: new Set(functions.filter((row) => row.takes_row).map(({ name }) => name)),
    foreignOperators: new Set(operators.map(({ name }) => name)),
    foreignTypes: new Set(types.map(({ name }) => name)),
    reach: closure(edges),
    columns: new Map(columns.map((row) => [row.name, row.columns])),
  };
}

function closure(edges: readonly { reader: string; read: string }[]): Map<string, Set<string>> {
  const direct = new Map<string, Set<string>>();
  for (const { reader, read } of edges) direct.set(reader, (direct.get(reader) ?? new Set()).add(read));
  const reach = new Map<string, Set<string>>();
  for (const reader of direct.keys()) {
    const reached = new Set<string>();
    const open = [reader];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const read of direct.get(next) ?? []) {
        if (reached.has(read)) continue;
        reached.add(read);
        open.push(read);
      }
    }
    reach.set(reader, reached);
  }
  return reach;
}
