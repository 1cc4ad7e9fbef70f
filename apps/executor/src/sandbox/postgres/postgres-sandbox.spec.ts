import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { accessPolicySchema, type AccessPolicy } from '#shared/contracts/datasource';
import { startPostgres, type TestPostgres } from '../../../../../tests/support/postgres.js';
import { DialectSandbox } from '../dialect.sandbox.js';
import { processIsolation } from '../isolation/isolation.js';
import type { Outcome } from '../sandbox.js';
import { grantedTables, makePostgresShop, type PostgresShop } from './postgres.fixture.js';

let postgres: TestPostgres;
let shop: PostgresShop;
let sandbox: DialectSandbox;

beforeAll(async () => {
  postgres = await startPostgres();
  shop = await makePostgresShop(postgres.url);
  sandbox = new DialectSandbox({ isolation: processIsolation });
}, 60_000);
afterAll(async () => {
  await sandbox.close();
  await postgres.stop();
});

function ask(sql: string, policy: Partial<AccessPolicy> = {}, url = shop.readerUrl): Promise<Outcome> {
  const full = accessPolicySchema.parse({ allowTables: grantedTables, timeoutMs: 1_500, ...policy });
  const target = { datasourceId: url, connection: { dialect: 'postgres', url } as const, policy: full };
  return sandbox.run(target, sql, AbortSignal.timeout(20_000));
}

async function resultOf(sql: string, policy: Partial<AccessPolicy> = {}) {
  const outcome = await ask(sql, policy);
  if (outcome.kind !== 'rows') throw new Error(JSON.stringify(outcome));
  return outcome.result;
}

async function activeStatements(): Promise<number> {
  const client = new Client({ connectionString: shop.superuserUrl });
  await client.connect();
  const { rows } = await client.query(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND usename = 'reader'",
  );
  await client.end();
  return (rows as { n: number }[])[0]?.n ?? -1;
}

describe('values of PostgreSQL', () => {
  it('keep their precision and their types', async () => {
    const result = await resultOf(
      `SELECT 9007199254740993::int8 AS big, 7::int8 AS small, 1.10::numeric AS exact, 'NaN'::float8 AS nan, 0.1::float8 AS f,
        true AS yes, '\\x00ff'::bytea AS bytes, '2024-01-01 10:00+02'::timestamptz AT TIME ZONE 'UTC' AS at, '{"a": 1}'::jsonb AS j,
        ARRAY[1, 2] AS list, NULL::int AS none, 1 AS a, 2 AS a, interval '1 day 2 hours' AS span`,
    );
    expect(result.rows).toEqual([
      [
        '9007199254740993',
        7,
        '1.10',
        'NaN',
        0.1,
        true,
        'AP8=',
        '2024-01-01 08:00:00',
        '{"a": 1}',
        '{1,2}',
        null,
        1,
        2,
        '1 day 02:00:00',
      ],
    ]);
    expect(result.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      ...[
        'big bigint',
        'small bigint',
        'exact numeric',
        'nan double precision',
        'f double precision',
        'yes boolean',
      ],
      ...[
        'bytes bytea',
        'at timestamp without time zone',
        'j jsonb',
        'list integer[]',
        'none integer',
        'a integer',
      ],
      ...['a integer', 'span interval'],
    ]);
  });

  it('come with their columns when there are no rows', async () => {
    expect(await resultOf('SELECT id FROM orders WHERE false')).toMatchObject({
      columns: [{ name: 'id', type: 'integer' }],
      rows: [],
      truncated: null,
    });
  });
});

describe('limits on PostgreSQL', () => {
  it('cuts at the row limit, exactly', async () => {
    const result = await resultOf('SELECT id FROM order_items', { maxRows: 1_999 });
    expect([result.rows.length, result.truncated]).toEqual([1_999, 'rows']);
    const whole = await resultOf('SELECT id FROM order_items', { maxRows: 2_000 });
    expect([whole.rows.length, whole.truncated]).toEqual([2_000, null]);
  });

  it('ends an endless result at the row limit', async () => {
    expect(await resultOf('SELECT * FROM order_items a, order_items b, order_items c')).toMatchObject({
      truncated: 'rows',
    });
  });

  it('cuts at the byte limit and keeps what fits', async () => {
    const result = await resultOf("SELECT repeat('x', 100) FROM order_items", { maxBytes: 5_000 });
    expect(result.truncated).toBe('bytes');
    expect(result.rows.length).toBeGreaterThan(40);
    expect(JSON.stringify(result.rows).length).toBeLessThanOrEqual(5_000);
  });

  it('survives one giant value and goes on', async () => {
    expect(await ask("SELECT repeat('x', 60000000)", { timeoutMs: 10_000 })).toMatchObject({
      kind: 'failed',
      traceback: { class: 'too_large' },
    });
    expect(await resultOf('SELECT 1')).toMatchObject({ rows: [[1]] });
  }, 20_000);

  it('stops a statement on the server at the deadline', async () => {
    const outcome = await ask('SELECT count(*) FROM generate_series(1, 1000000000000)', { timeoutMs: 300 });
    expect(outcome).toMatchObject({ kind: 'failed', traceback: { class: 'timeout' } });
    expect(outcome.elapsedMs).toBeLessThan(1_500);
    expect(await activeStatements()).toBe(0);
  });

  it('throws the reason of an abort and stops the statement on the server', async () => {
    const policy = accessPolicySchema.parse({ timeoutMs: 10_000 });
    const connection = { dialect: 'postgres', url: shop.readerUrl } as const;
    const target = { datasourceId: shop.readerUrl, connection, policy };
    const reason = new Error('cancelled by the client');
    const aborting = new AbortController();
    const slow = 'SELECT count(*) FROM generate_series(1, 1000000000000)';
    const runs = Array.from({ length: 6 }, () => sandbox.run(target, slow, aborting.signal));
    setTimeout(() => aborting.abort(reason), 200);
    for (const settled of await Promise.allSettled(runs))
      expect(settled).toEqual({ status: 'rejected', reason });
    expect(await activeStatements()).toBe(0);
    expect(await resultOf('SELECT 1')).toMatchObject({ rows: [[1]] });
  });
});

describe('the guard on PostgreSQL', () => {
  it.each([
    'SELECT * FROM safe_secrets',
    'SELECT orders_definer_fn()',
    'SELECT (customers).full_secret FROM customers',
    'SELECT customers.full_secret FROM customers',
    'SELECT c.full_secret FROM (SELECT * FROM customers) s, customers c',
    "SELECT ('PG_VERSION'::text).pg_read_file",
    'SELECT 1 FROM orders WHERE id === 1',
    'SELECT id FROM orders ORDER BY id USING OPERATOR(public.===)',
    "SELECT 'secrets'::regclass",
    'SELECT NULL::secrets',
    'SELECT xmlelement(name foo, (SELECT v FROM secrets))',
    'SELECT xmlforest(orders_definer_fn() AS x)',
    "SELECT xmlserialize(content xmlelement(name x, pg_read_file('PG_VERSION')) AS text)",
    "SELECT xmlparse(document query_to_xml('SELECT 1', true, true, ''))",
    'SELECT NULL::public.secrets[]',
    'SELECT NULL::_secrets',
    'SELECT NULL::tenant_b.orders',
    'SELECT * FROM json_populate_recordset(NULL::secrets, \'[{"k": 1}]\')',
    "SELECT * FROM json_to_recordset('[]') AS x(a secrets)",
    'SELECT 1::checked',
    "SELECT '{1}'::_checked",
    'SELECT ARRAY[1]::checked[]',
    'SELECT CAST(1 AS public.checked)',
    'SELECT current_user',
    'SELECT count(*) FROM secrets, (WITH secrets AS (SELECT 1) SELECT * FROM secrets) x',
    'WITH secrets AS (SELECT * FROM secrets) SELECT * FROM secrets',
    'SELECT * FROM tenant_b.orders',
    'SELECT $1',
    'SELECT setseed(0.5)',
    'SELECT * FROM shop.public.orders',
  ])('refuses %s', async (sql) => {
    expect(await ask(sql, {}, shop.superuserUrl)).toMatchObject({ kind: 'rejected', layer: 'guard' });
  });

  it.each([
    'WITH secrets AS (SELECT 1 AS one) SELECT one FROM secrets',
    'WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM b WHERE n < 3), b AS (SELECT 1 AS n) SELECT n FROM a',
    'SELECT o.id, c.name FROM public.orders o LEFT JOIN customers c ON c.id = o.customer_id ORDER BY 1 DESC NULLS LAST',
    "SELECT extract(year FROM created_at), to_char(created_at, 'YYYY-MM'), count(*) FILTER (WHERE total > 3) FROM orders GROUP BY GROUPING SETS ((1, 2), ())",
    "SELECT JSON_OBJECT('a': 1), JSON_VALUE('{\"a\": 1}', '$.a' RETURNING int DEFAULT 0 ON EMPTY), JSON_ARRAYAGG(id) FROM orders",
    `SELECT * FROM JSON_TABLE('[{"a": 1}]', '$[*]' COLUMNS (n FOR ORDINALITY, a int PATH '$.a'))`,
    "SELECT 'sad'::mood < 'glad'::mood, (ARRAY[1, 2])[1], CAST('2' AS numeric(4, 1)), interval '1 day' * 2, 'a' COLLATE \"C\"",
    'SELECT DISTINCT ON (status) status, rank() OVER w FROM orders WINDOW w AS (PARTITION BY status ORDER BY id) ORDER BY status',
    "SELECT total::int, status ILIKE 'p%', status ~ '^p', id IN (1, 2), id = ANY (ARRAY[1]), id BETWEEN 1 AND 2, NOT (id IS NULL) FROM orders",
    'SELECT g, x FROM generate_series(1, 3) g, LATERAL (SELECT max(id) AS x FROM orders WHERE id <= g) y',
    'VALUES (1, 2), (3, 4)',
    "SELECT xmlelement(name foo, xmlattributes(id AS a), name), xmlforest(name, email AS mail), xmlserialize(content '<a/>'::xml AS text) FROM customers",
    'SELECT * FROM json_populate_recordset(NULL::customers, \'[{"id": 1}]\')',
    'SELECT 1::positive',
    'TABLE orders',
    "SELECT CURRENT_DATE, now(), coalesce(NULL, 1), greatest(1, 2), nullif(1, 1), substring('abc' FROM 2), trim(' a '), position('a' IN 'ba')",
    'SELECT (SELECT 1 UNION ALL SELECT 2 ORDER BY 1 LIMIT 1 OFFSET 1), EXISTS (SELECT 1), ROW(1, 2) = ROW(1, 2)',
  ])('lets %s through', async (sql) => {
    expect(await ask(sql)).toMatchObject({ kind: 'rows' });
  });

  it('keeps a denied table denied behind a view', async () => {
    const policy = { allowTables: undefined, denyTables: ['secrets'] };
    expect(await ask('SELECT k FROM safe_secrets', policy)).toMatchObject({
      kind: 'rejected',
      layer: 'guard',
    });
    expect(await ask('SELECT * FROM order_totals', policy)).toMatchObject({ kind: 'rows' });
  });

  it('lets a view that the policy names read on its own behalf', async () => {
    expect(await resultOf('SELECT k FROM safe_secrets', { allowTables: ['safe_secrets'] })).toMatchObject({
      rows: [['key']],
    });
  });

  it('tells where the mistake is, in characters', async () => {
    expect(await ask("SELECT 'äöü😀' FORM orders x")).toMatchObject({
      kind: 'rejected',
      traceback: { class: 'syntax', position: 20 },
    });
  });
});

describe.each([
  ['denied', { denyColumns: ['customers.email'] }],
  ['not allowed', { allowColumns: ['public.customers.id', 'customers.name', 'customers.country'] }],
])('columns that are %s', (_, columns) => {
  const policy = { allowTables: undefined, ...columns };

  it.each([
    'SELECT email FROM customers',
    'SELECT * FROM customers',
    'TABLE customers',
    'SELECT row_to_json(c) FROM customers c',
    'SELECT (c).email FROM customers c',
    'SELECT email(c) FROM customers c',
    'SELECT x FROM customers AS c(a, b, x)',
    "SELECT name FROM customers NATURAL JOIN (SELECT 'ada@example.org' AS email) s",
    'SELECT id FROM contacts',
    'SELECT max(email) FROM customers_of_at',
    'SELECT * FROM everybody',
  ])('are not read by %s', async (sql) => {
    expect(await ask(sql, policy, shop.superuserUrl)).toMatchObject({ kind: 'rejected', layer: 'guard' });
  });

  it('leave the others readable', async () => {
    expect(await resultOf('SELECT id, name, country FROM customers ORDER BY id', policy)).toMatchObject({
      rows: [
        [1, 'Ada', 'AT'],
        [2, 'Bob', 'DE'],
      ],
    });
    expect(await resultOf('SELECT count(*) FROM customers c WHERE c.id = 1', policy)).toMatchObject({
      rows: [[1]],
    });
    expect(await resultOf('SELECT * FROM products', policy)).toMatchObject({ rows: [[1, 'lamp']] });
  });
});

describe('the server as a layer of its own', () => {
  it('refuses what the role may not do', async () => {
    expect(await ask('SELECT * FROM secrets', { allowTables: undefined })).toMatchObject({
      kind: 'rejected',
      layer: 'engine',
      traceback: { class: 'policy' },
    });
  });

  it('that is not there is trouble of the infrastructure', async () => {
    const url = 'postgres://reader@127.0.0.1:1/shop';
    await expect(ask('SELECT 1', {}, url)).rejects.toMatchObject({
      kind: 'retryable',
      code: 'database_unreachable',
    });
    const wrong = new URL(shop.readerUrl);
    wrong.password = 'wrong';
    await expect(ask('SELECT 1', {}, wrong.href)).rejects.toMatchObject({ code: 'database_unreachable' });
  });

  it('that dies in the middle of a statement is trouble of the infrastructure, and is met again', async () => {
    const running = ask('SELECT count(*) FROM generate_series(1, 1000000000000)', { timeoutMs: 8_000 });
    const killer = new Client({ connectionString: shop.superuserUrl });
    await killer.connect();
    const kill =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader' AND query LIKE '%generate_series%'";
    while ((await killer.query(kill)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await killer.end();
    await expect(running).rejects.toMatchObject({ kind: 'retryable', code: 'database_unreachable' });
    expect(await resultOf('SELECT 1')).toMatchObject({ rows: [[1]] });
  }, 15_000);
});

describe('tracebacks of PostgreSQL', () => {
  it.each([
    ['SELECT nam FROM customers', 'unknown_column'],
    ['SELECT id FROM customers c JOIN orders o ON true', 'ambiguous_column'],
    ['SELECT name + 1 FROM customers', 'type_mismatch'],
    ["SELECT id FROM orders WHERE created_at = 'soon'", 'type_mismatch'],
    ['SELECT status, total FROM orders GROUP BY status', 'grouping'],
    ['SELECT 1 / 0', 'type_mismatch'],
    ["SELECT strftime('%Y', created_at) FROM orders", 'function'],
    ['SELECT upper(1, 2)', 'function'],
    ['SELECT id FROM orders UNION SELECT id, name FROM customers', 'syntax'],
  ])('%s is %s', async (sql, kind) => {
    expect(await ask(sql)).toMatchObject({ traceback: { class: kind } });
  });

  it('names the tables there are', async () => {
    expect(await ask('SELECT * FROM customer', { allowTables: undefined })).toMatchObject({
      kind: 'failed',
      traceback: { class: 'unknown_table', position: 14 },
    });
  });
});
