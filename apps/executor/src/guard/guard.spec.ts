import { describe, expect, it } from '@jest/globals';
import { guardPostgres } from './postgres-guard.js';
import { postgresFunctions } from './postgres-functions.js';
import { noFacts } from './server-facts.js';
import { checkText, maxSqlBytes } from './text-gate.js';

describe('the text gate', () => {
  it.each([
    ['', 'syntax'],
    [' \n ', 'syntax'],
    ['SELECT 1\u0000; DELETE FROM t', 'syntax'],
    ['SELECT \u202e1', 'syntax'],
    ['SELECT 1 --\u2028 x', 'syntax'],
    ["SELECT '\ud800'", 'syntax'],
    [`SELECT '${'ä'.repeat(maxSqlBytes / 2)}'`, 'too_large'],
    [`SELECT 1${'+1'.repeat(3_000)}`, 'too_large'],
  ])('refuses %j', (sql, kind) => {
    expect(checkText(sql)).toMatchObject({ class: kind });
  });

  it('lets a long list through, and a long string', () => {
    expect(checkText(`SELECT 1 IN (${Array.from({ length: 1_400 }, () => "'abc'").join(',')})`)).toBeNull();
    expect(checkText(`SELECT '${'a'.repeat(19_000)}'`)).toBeNull();
  });

  it('lets every script of the world through', () => {
    expect(checkText("SELECT 'Ümläut ελ 日本 עברית عربى 😀\t'\r\nFROM t -- ok")).toBeNull();
  });
});

/** The guard alone, with nothing known of a server. */
const guard = (sql: string, denyTables: string[] = []) =>
  guardPostgres(sql, { policy: { denyTables }, facts: noFacts });

describe('the guard of PostgreSQL alone', () => {
  it.each([
    'SELECT 1; SELECT 2',
    'COMMIT; INSERT INTO t VALUES (1)',
    'SET TRANSACTION READ WRITE',
    'WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a',
    'WITH a AS (WITH b AS (UPDATE t SET x = 1 RETURNING *) SELECT * FROM b) SELECT * FROM a',
    'SELECT * INTO n FROM t',
    'SELECT 1 UNION SELECT 2 INTO n',
    'SELECT * FROM t FOR SHARE',
    'SELECT * FROM (SELECT * FROM t FOR UPDATE) x',
    'EXPLAIN ANALYZE SELECT 1',
    "COPY t TO PROGRAM 'id'",
    'SELECT pg_sleep(1)',
    "SELECT PG_CATALOG . pg_read_file /**/ ('x')",
    'SELECT "pg_read_file"(\'x\')',
    'SELECT U&"\\0070g_read_file"(\'x\')',
    "SELECT ('x'::text).pg_read_file",
    "SELECT query_to_xml('select 1', true, false, '')",
    "SELECT * FROM ROWS FROM (pg_ls_dir('.')) x",
    'SELECT * FROM t TABLESAMPLE system_time (1)',
    'SELECT * FROM t TABLESAMPLE evil.system (1)',
    'SELECT * FROM secrets TABLESAMPLE system (1)',
    'SELECT * FROM t TABLESAMPLE bernoulli (pg_sleep(1)::int)',
    "SELECT count(*) FILTER (WHERE pg_sleep(1) IS NULL) OVER (ORDER BY nextval('s')) FROM t",
    'SELECT * FROM t ORDER BY pg_sleep(1)',
    'SELECT 1 LIMIT (SELECT pg_sleep(1) IS NULL)::int',
    'VALUES (pg_sleep(1))',
    "SELECT JSON_VALUE('{}', '$' DEFAULT nextval('s') ON EMPTY)",
    'SELECT * FROM pg_class',
    'SELECT * FROM information_schema.tables',
    "SELECT xmlforest(pg_read_file('x') AS a)",
    'SELECT session_user',
    "SELECT 'pg_class'::regclass",
    "SELECT regclass 'pg_class'",
    'SELECT a OPERATOR(evil.+) b FROM t',
    'SELECT $1',
    'SELECT * FROM secrets',
    'SELECT * FROM public.secrets',
    'SELECT * FROM t WHERE x IN (TABLE secrets)',
    'SELECT (SELECT count(*) FROM secrets), (WITH secrets AS (SELECT 1) SELECT 1)',
  ])('refuses %s', async (sql) => {
    expect(await guard(sql, ['secrets'])).not.toBeNull();
  });

  it('lets a read through and says nothing', async () => {
    expect(
      await guard('WITH secrets AS (SELECT 1 AS x) SELECT max(x) FROM secrets;;', ['secrets']),
    ).toBeNull();
  });

  it.each([
    'SELECT * FROM t TABLESAMPLE system (1)',
    'SELECT * FROM t AS s TABLESAMPLE bernoulli (10) REPEATABLE (1)',
    'SELECT * FROM t ORDER BY random() LIMIT 1',
    'SELECT gen_random_uuid(), pg_size_pretty(sum(pg_column_size(x))) FROM t',
  ])('lets %s pass', async (sql) => expect(await guard(sql, ['secrets'])).toBeNull());

  it('stays whole after statements nested beyond reason', async () => {
    for (const sql of [
      `SELECT ${'('.repeat(9_000)}1${')'.repeat(9_000)}`,
      `SELECT 1${'+1'.repeat(9_000)}`,
      `SELECT * FROM ${'(SELECT * FROM '.repeat(1_000)}t${') x'.repeat(1_000)}`,
    ])
      await guard(sql);
    expect(await guard('SELECT 1')).toBeNull();
    expect(await guard('SELECT pg_sleep(1)')).toMatchObject({ class: 'policy', position: 7 });
  });
});

describe('denied columns in the guard of PostgreSQL', () => {
  const facts = { ...noFacts, reach: new Map([['public.contacts', new Set(['public.customers'])]]) };
  const check = (sql: string) => guardPostgres(sql, { policy: { denyColumns: ['customers.email'] }, facts });

  it.each([
    'SELECT email FROM customers',
    'SELECT * FROM customers',
    'SELECT c.* FROM public.customers c',
    'SELECT c FROM customers c',
    'SELECT customers FROM customers',
    'SELECT customers::text FROM customers',
    'SELECT row_to_json(c) FROM customers AS c',
    'SELECT (c).email FROM customers c',
    'SELECT (customers).* FROM customers',
    'SELECT email(c) FROM customers c',
    'SELECT x FROM customers AS c(a, b, x, d)',
    'SELECT x FROM (customers JOIN orders ON true) AS j(a, b, x)',
    'SELECT name FROM customers ORDER BY email',
    "SELECT name FROM customers NATURAL JOIN (SELECT 'x' AS email) s",
    "SELECT name FROM customers JOIN (SELECT 'x' AS email) s USING (email)",
    'TABLE customers',
    'SELECT 1 FROM orders WHERE id IN (SELECT length(customers.email) FROM customers)',
    'WITH c AS (TABLE customers) SELECT 1 FROM c',
    'SELECT U&"\\0065mail" FROM customers',
    'SELECT * FROM customers TABLESAMPLE bernoulli (10)',
    'SELECT id FROM contacts',
    'SELECT count(DISTINCT c) FROM customers c',
    'SELECT name FROM orders UNION SELECT email FROM customers',
  ])('refuse %s', async (sql) => expect(await check(sql)).toMatchObject({ class: 'policy' }));

  it.each([
    'SELECT id, name FROM customers',
    "SELECT count(*) FROM customers c WHERE c.country = 'AT'",
    'SELECT o.*, email FROM orders o',
    'SELECT c.name, (ARRAY[1, 2])[1] FROM customers c JOIN orders o ON o.customer_id = c.id',
    'SELECT name FROM customers JOIN orders USING (id)',
  ])('let %s pass', async (sql) => expect(await check(sql)).toBeNull());
});

describe('the functions that PostgreSQL statements may call', () => {
  it.each([
    'pg_sleep',
    'pg_read_file',
    'set_config',
    'current_setting',
    'nextval',
    'setval',
    'lo_import',
    'dblink',
    'query_to_xml',
  ])('leave out %s', (name) => expect(postgresFunctions.has(name)).toBe(false));
  it.each([
    'count',
    'max',
    'date_trunc',
    'to_char',
    'string_agg',
    'btrim',
    'percentile_cont',
    'jsonb_path_query',
    'row_number',
  ])('hold %s', (name) => expect(postgresFunctions.has(name)).toBe(true));
});
