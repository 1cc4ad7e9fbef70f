import fc from 'fast-check';
import type { SafetyDialect } from '../safety/subjects.js';

/** Words of each dialect that a statement is made of, hostile ones among them. */
interface Words {
  tables: readonly string[];
  functions: readonly string[];
  commands: readonly string[];
}

const columns = ['id', 'name', 'email', 'k', 'v', 'status', 'total', 'customer_id', '"select"', 'rowid', '*'];
const shared = [
  'customers',
  'orders',
  'products',
  'audit_log',
  'secrets',
  '"SECRETS"',
  'safe_secrets',
  'order_totals',
];

const words: Record<SafetyDialect, Words> = {
  sqlite: {
    tables: [
      ...shared,
      ...[
        'deeper_secrets',
        'main.secrets',
        'temp.secrets',
        'sqlite_master',
        'sqlite_schema',
        'pragma_table_list',
      ],
      ...[
        "pragma_table_info('secrets')",
        'json_each(\'[1,"a"]\')',
        'dbstat',
        'sqlite_dbpage',
        'generate_series(1, 9)',
      ],
    ],
    functions: [
      ...[
        'count',
        'max',
        'group_concat',
        'json_group_array',
        'printf',
        'substr',
        'coalesce',
        'abs',
        'hex',
        'like',
      ],
      ...[
        'load_extension',
        'readfile',
        'writefile',
        'randomblob',
        'zeroblob',
        'edit',
        'sqlite_version',
        'fts3_tokenizer',
      ],
    ],
    commands: [
      ...[
        "ATTACH 'FILE' AS x",
        "VACUUM INTO 'FILE'",
        'PRAGMA writable_schema = 1',
        'DROP TABLE orders',
        'REINDEX',
      ],
      ...[
        'DELETE FROM orders',
        'INSERT INTO orders(id) VALUES (9)',
        'UPDATE orders SET id = 9',
        'CREATE TABLE x(y)',
      ],
      ...[
        'CREATE TEMP TABLE x AS SELECT * FROM secrets',
        'BEGIN',
        'COMMIT',
        'DETACH main',
        'ANALYZE',
        'EXPLAIN SELECT 1',
      ],
    ],
  },
  postgres: {
    tables: [
      ...shared,
      ...[
        'public.secrets',
        'tenant_b.orders',
        'pg_class',
        'pg_catalog.pg_authid',
        'information_schema.tables',
      ],
      ...[
        'generate_series(1, 9)',
        "pg_ls_dir('.')",
        'ONLY secrets',
        'orders_definer_fn()',
        'LATERAL (TABLE secrets) l',
      ],
    ],
    functions: [
      ...[
        'count',
        'max',
        'string_agg',
        'json_agg',
        'to_json',
        'row_to_json',
        'coalesce',
        'abs',
        'md5',
        'array_agg',
      ],
      ...['pg_sleep', 'pg_read_file', 'set_config', 'nextval', 'lo_import', 'query_to_xml', 'full_secret'],
      ...[
        'orders_definer_fn',
        'pg_catalog.pg_read_file',
        'dblink',
        'current_setting',
        'pg_terminate_backend',
      ],
    ],
    commands: [
      ...[
        "COPY orders TO 'FILE'",
        "COPY orders TO PROGRAM 'touch FILE'",
        'DROP TABLE orders',
        'SET ROLE postgres',
      ],
      ...[
        'DELETE FROM orders',
        'INSERT INTO orders(id) VALUES (9)',
        'UPDATE orders SET id = 9',
        'CREATE TABLE x(y int)',
      ],
      ...[
        'SET TRANSACTION READ WRITE',
        'BEGIN',
        'COMMIT',
        'TRUNCATE orders',
        'LOCK orders',
        'DO $$ BEGIN END $$',
      ],
    ],
  },
  mysql: {
    tables: [
      ...shared,
      ...['shop.secrets', 'tenant_b.secrets', '`secrets`', 'mysql.user', 'information_schema.TABLES', 'DUAL'],
      ...[
        'contacts',
        'seq_1_to_9',
        "JSON_TABLE('[1]', '$[*]' COLUMNS (id INT PATH '$')) j",
        'performance_schema.threads',
      ],
    ],
    functions: [
      ...[
        'COUNT',
        'MAX',
        'GROUP_CONCAT',
        'JSON_ARRAYAGG',
        'CONCAT',
        'MD5',
        'COALESCE',
        'ABS',
        'UPPER',
        'HEX',
      ],
      ...[
        'SLEEP',
        'LOAD_FILE',
        'BENCHMARK',
        'GET_LOCK',
        'leak',
        'shop.leak',
        'USER',
        'LAST_INSERT_ID',
        'EXTRACTVALUE',
      ],
      ...['NEXTVAL', 'MASTER_POS_WAIT', 'RELEASE_ALL_LOCKS', 'SYS_EXEC'],
    ],
    commands: [
      ...[
        "SELECT 1 INTO OUTFILE 'FILE'",
        "SELECT v FROM secrets INTO DUMPFILE 'FILE'",
        'DROP TABLE orders',
        'SET sql_mode = 1',
      ],
      ...[
        'DELETE FROM orders',
        'INSERT INTO orders(id) VALUES (9)',
        'UPDATE orders SET id = 9',
        'CREATE TABLE x(y int)',
      ],
      ...[
        'SET TRANSACTION READ WRITE',
        'START TRANSACTION',
        'COMMIT',
        'TRUNCATE orders',
        'LOCK TABLES orders WRITE',
      ],
      ...[
        'CALL leak()',
        'HANDLER orders OPEN',
        'SET STATEMENT max_statement_time=0 FOR SELECT 1',
        'DO SLEEP(1)',
        'SHOW TABLES',
      ],
    ],
  },
};

const spaces = fc.constantFrom(
  ' ',
  '\n',
  '\t',
  '  ',
  '/**/',
  ' /* ; */ ',
  '--\n',
  '/*!*/',
  '# \n',
  '/*M! */',
);
const numbers = fc.constantFrom('0', '1', '-1', '9223372036854775807', '1e999', '0x1F', '0.5', '1_000');
const strings = fc.constantFrom(
  "'a'",
  "''",
  "'canar'",
  "'it''s'",
  "x'00ff'",
  "'--'",
  "';'",
  '"k"',
  '$$x$$',
  "E'\\''",
);
const cases = fc.constantFrom(
  (text: string) => text,
  (text: string) => text.toUpperCase(),
);

/**
 * Statements of a dialect: mostly well-formed reads, many of which try for what is not granted, some with a command
 * beside or inside, some damaged. `file` is what the commands would write.
 */
export function statements(dialect: SafetyDialect, file: string): fc.Arbitrary<string> {
  const { tables, functions, commands } = words[dialect];
  // Mostly what is granted: a statement with one forbidden name goes no further than that name.
  const table = mostly(fc.constantFrom('customers', 'orders', 'products'), fc.constantFrom(...tables));
  const column = mostly(fc.constantFrom('id', 'name', 'status'), fc.constantFrom(...columns));
  const called = mostly(fc.constantFrom(...functions.slice(0, 10)), fc.constantFrom(...functions));
  const command = fc.constantFrom(...commands).map((text) => text.replace('FILE', file));
  const { query } = fc.letrec<Record<'query' | 'expression' | 'source', string>>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      column,
      numbers,
      strings,
      fc.tuple(called, tie('expression')).map(([name, inner]) => `${name}(${inner})`),
      fc
        .tuple(
          tie('expression'),
          fc.constantFrom('=', '||', '+', '<', 'LIKE', 'IS NOT', 'IN', 'AND', '->>'),
          tie('expression'),
        )
        .map(([left, sign, right]) => (sign === 'IN' ? `${left} IN (${right})` : `${left} ${sign} ${right}`)),
      tie('query').map((inner) => `(${inner})`),
      tie('query').map((inner) => `EXISTS (${inner})`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `CASE WHEN ${a} THEN ${b} END`),
      fc
        .tuple(tie('expression'), fc.constantFrom('TEXT', 'INTEGER', 'regclass', 'json'))
        .map(([a, b]) => `CAST(${a} AS ${b})`),
      tie('expression').map((inner) => `max(${inner}) OVER (ORDER BY ${inner})`),
    ),
    source: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      table,
      fc.tuple(table, fc.constantFrom('a', 'secrets', 'c')).map(([name, alias]) => `${name} AS ${alias}`),
      tie('query').map((inner) => `(${inner}) AS s`),
      fc
        .tuple(
          tie('source'),
          fc.constantFrom('JOIN', 'LEFT JOIN', 'CROSS JOIN', 'FULL JOIN'),
          tie('source'),
          tie('expression'),
        )
        .map(([a, join, b, on]) =>
          join === 'CROSS JOIN' ? `${a} ${join} ${b}` : `${a} ${join} ${b} ON ${on}`,
        ),
      fc.tuple(tie('source'), tie('source')).map(([a, b]) => `${a} NATURAL JOIN ${b}`),
      fc.tuple(tie('source'), tie('source'), column).map(([a, b, by]) => `${a} JOIN ${b} USING (${by})`),
    ),
    query: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.tuple(tie('expression'), tie('source')).map(([what, from]) => `SELECT ${what} FROM ${from}`),
      fc
        .tuple(tie('expression'), tie('source'), tie('expression'))
        .map(([what, from, where]) => `SELECT ${what} FROM ${from} WHERE ${where} LIMIT 5`),
      fc
        .tuple(tie('expression'), tie('source'))
        .map(([what, from]) => `SELECT ${what}, count(*) FROM ${from} GROUP BY ${what}`),
      fc
        .tuple(tie('query'), fc.constantFrom('UNION', 'UNION ALL', 'EXCEPT'), tie('query'))
        .map(([a, op, b]) => `${a} ${op} ${b}`),
      fc
        .tuple(
          fc.constantFrom('', 'RECURSIVE '),
          fc.constantFrom('a', 'orders', 'safe_secrets'),
          tie('query'),
          tie('query'),
        )
        .map(([recursive, name, inner, outer]) => `WITH ${recursive}${name} AS (${inner}) ${outer}`),
      fc
        .tuple(fc.constantFrom('a', 'x'), command, tie('query'))
        .map(([name, inner, outer]) => `WITH ${name} AS (${inner}) ${outer}`),
      fc.array(tie('expression'), { minLength: 1, maxLength: 3 }).map((row) => `VALUES (${row.join(', ')})`),
    ),
  }));
  const whole = fc.oneof(
    { weight: 12, arbitrary: query },
    { weight: 2, arbitrary: command },
    {
      weight: 2,
      arbitrary: fc
        .tuple(query, fc.constantFrom(';', '; ', ';--\n', '\0;'), command)
        .map((parts) => parts.join('')),
    },
    { weight: 1, arbitrary: fc.tuple(command, query).map(([first, second]) => `${first}; ${second}`) },
  );
  const spaced = fc
    .tuple(whole, spaces, cases, fc.boolean())
    .map(([text, space, change, isPlain]) => (isPlain ? text : change(text).replaceAll(' ', space)));
  return fc.oneof({ weight: 15, arbitrary: spaced }, { weight: 1, arbitrary: damaged(spaced) });
}

function mostly(usual: fc.Arbitrary<string>, any: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: any });
}

/** With a piece cut out, or something put in. */
function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    '',
    ')',
    '(',
    "'",
    '"',
    ';',
    '\0',
    '--',
    '/*',
    '\u202e',
    '\ud800',
    '?',
    '@x',
    '`',
    '[',
    '\\',
  );
  return fc.tuple(text, fc.nat(), fc.nat({ max: 8 }), piece).map(([whole, at, length, put]) => {
    const start = at % (whole.length + 1);
    return whole.slice(0, start) + put + whole.slice(start + length);
  });
}
