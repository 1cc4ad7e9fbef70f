/**
 * Writes postgres-functions.ts from a server's own catalogue:
 *
 *     node dist/apps/executor/src/guard/list-postgres-functions.js postgres://… > apps/executor/src/guard/postgres-functions.ts
 *
 * A name is listed when every function of that name in pg_catalog only computes: not volatile, no types of the
 * server's inside, and none of the families below, which are marked stable but read the server's state, files
 * or catalogues, or run SQL that they get as text.
 */
import { Client } from 'pg';

const families = [
  ...[
    'pg\\_%',
    'has\\_%',
    'inet\\_client%',
    'inet\\_server%',
    'to\\_reg%',
    'reg%class',
    'lo\\_%',
    'txid\\_%',
  ],
  ...['current\\_%', 'session\\_user', 'system\\_user', 'getpgusername', 'getdatabaseencoding', 'version'],
  ...[
    '%\\_description',
    'format\\_type',
    'row\\_security%',
    'acl%',
    'makeaclitem',
    'oidvectortypes',
    'mxid%',
  ],
  ...[
    '%\\_to\\_xml%',
    '%\\_to\\_xmlschema',
    'ts\\_stat',
    'ts\\_rewrite',
    'ts\\_debug',
    'ts\\_parse',
    'ts\\_token\\_type',
  ],
  ...[
    '%send',
    '%recv',
    '%sel',
    '%typanalyze',
    'gin\\_%',
    'gist\\_%',
    'spg\\_%',
    'brin\\_%',
    'bt%cmp',
    '%image',
    'hash%',
  ],
  ...[
    '%\\_transfn',
    '%\\_hash',
    '%\\_hash\\_extended',
    '%larger',
    '%smaller',
    '%typmodin',
    '%\\_cmp',
    '%\\_accum',
    '%\\_combine',
    'fmgr%',
  ],
  ...['%validator', 'satisfies%', '%statefunc', '%\\_accum\\_inv', 'xmlvalidate'],
];
/** Outside the rule and harmless. */
const exceptions = [
  ...['pg_typeof', 'clock_timestamp', 'random', 'starts_with', 'array_cat', 'tsquery_phrase'],
  ...['gen_random_uuid', 'uuidv4', 'uuidv7', 'pg_column_size', 'pg_size_bytes', 'pg_size_pretty'],
];

const query = `
  SELECT p.proname AS name
  FROM pg_catalog.pg_proc p LEFT JOIN pg_catalog.pg_description d
    ON d.objoid = p.oid AND d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass
  WHERE p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
  GROUP BY p.proname
  HAVING bool_and(p.provolatile <> 'v' AND p.prokind IN ('f', 'a', 'w') AND NOT p.prosecdef
      AND NOT (p.proargtypes::oid[] || p.prorettype) && $2::oid[]
      AND coalesce(d.description, '') NOT LIKE 'implementation of %'
      AND p.proname NOT LIKE ALL ($1))
    OR p.proname = ANY ($3)
  ORDER BY 1`;

async function main(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const inside = await client.query<{ oid: string }>(
    `SELECT oid::text FROM pg_catalog.pg_type WHERE typname = ANY ($1)`,
    [
      [
        'internal',
        'cstring',
        'trigger',
        'event_trigger',
        'language_handler',
        'fdw_handler',
        'index_am_handler',
        'table_am_handler',
        'tsm_handler',
        'aclitem',
        'refcursor',
      ],
    ],
  );
  const { rows } = await client.query<{ name: string }>(
    query.replace('NOT LIKE ALL ($1)', 'NOT LIKE ALL ($1::text[])'),
    [families, inside.rows.map(({ oid }) => oid), exceptions],
  );
  const { rows: versions } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  const lines: string[] = [''];
  for (const { name } of rows) {
    const line = lines.at(-1) ?? '';
    if (line.length + name.length > 110) lines.push(name);
    else lines[lines.length - 1] = line === '' ? name : `${line} ${name}`;
  }
  process.stdout.write(
    `// Written by list-postgres-functions.ts from PostgreSQL ${versions[0]?.server_version ?? ''}; the rule is there.\n` +
      `/** The functions of pg_catalog that a statement may call. */\n` +
      `export const postgresFunctions: ReadonlySet<string> = new Set(\n  \`\n${lines.join('\n')}\n\`.split(/\\s+/),\n);\n`,
  );
}

await main(process.argv[2] ?? '');
