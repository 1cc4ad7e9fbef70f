import { describe, expect, it } from '@jest/globals';
import { readAsMysqlString } from './mysql-double-quotes.js';
import { guardMysql, type MysqlGuardContext } from './mysql-guard.js';
import type { MysqlServerFacts } from './mysql-relations.js';

const facts: MysqlServerFacts = {
  database: 'shop',
  otherDatabases: new Set(['mysql', 'information_schema', 'tenant_b']),
  columns: new Map([['customers', ['id', 'name', 'email']]]),
  relations: new Set(['orders', 'customers', 'secrets', 'totals', 'leaks', 'opaque']),
  views: new Map([
    ['totals', new Set(['shop', 'orders', 'total'])],
    ['leaks', new Set(['shop', 'secrets', 'v'])],
    ['opaque', null],
  ]),
};
const classOf = async (sql: string, policy: { allowTables?: string[]; denyTables?: string[] }) =>
  (await guardMysql(sql, { policy, facts }))?.class ?? null;
const granted = { allowTables: ['orders', 'customers'] };

describe('the guard of MySQL', () => {
  it.each([
    'SELECT 1;;',
    'SELECT * FROM `orders` o JOIN "shop"."customers" AS c ON c.id = o.customer_id',
    "SELECT 'a; DROP TABLE x -- /*! @' # INTO OUTFILE",
    "SELECT 'it''s', 'back\\'slash' FROM orders -- FOR UPDATE",
    'WITH RECURSIVE d(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM d WHERE n < 9) SELECT n FROM d',
    'SELECT EXTRACT(YEAR FROM o.at), TRIM(LEADING "x" FROM y), SUBSTRING(a FROM 1 FOR 2), REPLACE(a, b, c) FROM orders o',
    'SELECT `update`, o.`delete`, `into` FROM orders o',
    '(SELECT id FROM orders) UNION ALL (SELECT id FROM customers) ORDER BY 1 LIMIT 3 OFFSET 1',
    'SELECT ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) FROM orders WHERE c IN (1, 2) AND NOT (d = 1)',
    'SELECT 5 --1',
    'SELECT !1, !(id = 2), 1 != 2 FROM orders',
    'SELECT 1 FROM DUAL WHERE EXISTS (SELECT 1 FROM orders)',
    "SELECT id, MATCH (name) AGAINST ('a') AS score FROM customers WHERE MATCH (name, email) AGAINST ('+a -b' IN BOOLEAN MODE)",
    'SELECT id FROM orders USE INDEX (PRIMARY) WHERE id = 1',
    "SELECT DATE_ADD(at, INTERVAL '1-2' YEAR_MONTH), DATE_SUB(at, INTERVAL '1:30' HOUR_MINUTE), at + INTERVAL 10 DAY_HOUR FROM orders",
    `SELECT jt.* FROM orders, JSON_TABLE(j, '$[*]' COLUMNS (a VARCHAR(9) PATH '$.a' DEFAULT '"n"' ON EMPTY NULL ON ERROR,
       e INT EXISTS PATH '$.c', NESTED PATH '$.b[*]' COLUMNS (b INT PATH '$'))) AS jt JOIN customers USING (id)`,
    "SELECT JSON_SET(j, '$.a', 1), JSON_REMOVE(j, '$.a'), JSON_MERGE_PATCH(j, '{}'), INET_NTOA(ip), ADD_MONTHS(at, 1) FROM orders",
    'SELECT id FROM orders o FORCE INDEX FOR ORDER BY (by_id, `by x`) ORDER BY id',
  ])('lets %s pass', async (sql) => {
    expect(await guardMysql(sql, { policy: granted, facts })).toBeNull();
  });

  it.each([
    ['SELECT 1; SELECT 2', 'policy'],
    ['SELECT /*!50000 1 */', 'policy'],
    ['SELECT /*M! 1 */ 1', 'policy'],
    ['SELECT /*+ MAX_EXECUTION_TIME(0) */ 1', 'policy'],
    ['SELECT 1 /* a /* b */', 'policy'],
    ['SELECT @a := 1', 'policy'],
    ['SELECT @@version', 'policy'],
    ["SELECT 1 INTO OUTFILE '/tmp/x'", 'policy'],
    ['SELECT * FROM orders FOR UPDATE', 'policy'],
    ['SELECT * FROM orders LOCK IN SHARE MODE', 'policy'],
    ['SELECT SLEEP(1)', 'policy'],
    ['SELECT AGAINST(1)', 'policy'],
    ['SELECT (1), AGAINST(1)', 'policy'],
    ['SELECT MATCH (name) AGAINST ((SELECT v FROM secrets)) FROM customers', 'policy'],
    ['SELECT * FROM shop.dual', 'policy'],
    ["SELECT LOAD_FILE ('/etc/passwd')", 'policy'],
    ['SELECT shop.leak()', 'policy'],
    ['SELECT `abs`(1)', 'policy'],
    ['SELECT "leak" (1)', 'policy'],
    ['SELECT CURRENT_USER', 'policy'],
    ['WITH c AS (SELECT 1) DELETE FROM orders', 'policy'],
    ['SELECT v FROM secrets', 'policy'],
    ['SELECT v FROM shop . secrets', 'policy'],
    ['SELECT * FROM (orders, secrets)', 'policy'],
    ['SELECT INTERVAL 1 DAY + at FROM day_hour, orders', 'unknown_table'],
    ["SELECT INTERVAL '1-2' secrets FROM orders", 'policy'],
    ["SELECT * FROM JSON_TABLE('[]', '$' COLUMNS (a INT PATH '$')) t, nowhere", 'unknown_table'],
    [
      "SELECT * FROM JSON_TABLE('[]', '$' COLUMNS (a INT PATH '$' DEFAULT (SELECT v FROM secrets) ON EMPTY)) t",
      'policy',
    ],
    ["SELECT * FROM JSON_TABLE('[]', '$' COLUMNS (a INT PATH SLEEP(1))) t", 'policy'],
    ["SELECT 'a' COLUMNS (a", 'syntax'],
    ['SELECT (SELECT v FROM SECRETS)', 'policy'],
    ['WITH secrets AS (SELECT v FROM secrets) SELECT v FROM secrets', 'policy'],
    ['SELECT v FROM tenant_b.t', 'policy'],
    ['SELECT NEXT VALUE FOR s', 'policy'],
    ['SELECT * FROM nowhere', 'unknown_table'],
    ["SELECT 'open", 'syntax'],
    ['SELECT 1 /* open', 'syntax'],
    ['SELECT * FROM orders WHERE', 'syntax'],
    ['', 'syntax'],
    ['I cannot answer', 'policy'],
  ])('refuses %s as %s', async (sql, kind) => {
    expect(await classOf(sql, granted)).toBe(kind);
  });

  it('sees a denied table behind a view, and lets a view speak for itself where it is allowed', async () => {
    const denied = { denyTables: ['secrets'] };
    expect(await classOf('SELECT * FROM totals', denied)).toBeNull();
    expect(await classOf('SELECT * FROM leaks', denied)).toBe('policy');
    expect(await classOf('SELECT * FROM opaque', denied)).toBe('policy');
    expect(await classOf('SELECT * FROM opaque', { ...denied, allowTables: ['opaque'] })).toBeNull();
    expect(await classOf('SELECT * FROM leaks', { allowTables: ['leaks'] })).toBeNull();
  });

  it.each([
    'SELECT * FROM 2023_orders',
    'SELECT `2023_orders`.id FROM orders AS 2023_orders',
    'SELECT 1e5, 0x1F, 0b11, .5, 1.5, 1e-3, 2 AS `x` FROM orders',
    'SELECT o.1e5, o.7up FROM orders o',
  ])('reads names that begin with digits as the server does: %s', async (sql) => {
    const relations = new Set([...facts.relations, '2023_orders']);
    expect(
      await guardMysql(sql, {
        policy: { allowTables: ['orders', '2023_orders'] },
        facts: { ...facts, relations },
      }),
    ).toBeNull();
  });

  it.each([
    'SELECT 1email FROM customers',
    'SELECT c.1email FROM customers c',
    'SELECT c.0x FROM customers c',
    'SELECT c.123 FROM customers c',
    'SELECT shop.customers.1e5 FROM customers',
  ])('sees a hidden column that begins with digits: %s', async (sql) => {
    const denyColumns = ['1email', '0x', '123', '1e5'].map((name) => `customers.${name}`);
    expect(await guardMysql(sql, { policy: { denyColumns }, facts })).toMatchObject({ class: 'policy' });
  });

  it('reads a name in double quotes as a string where it is asked to', () => {
    expect(readAsMysqlString(`SELECT "a" FROM t WHERE b = "O'x\\" AND c."O'x\\" = 'O''x'`, "O'x\\")).toBe(
      `SELECT "a" FROM t WHERE b = 'O''x\\\\' AND c."O'x\\" = 'O''x'`,
    );
    expect(readAsMysqlString('SELECT `a`', 'a')).toBeNull();
  });
});

describe('hidden columns in the guard of MySQL', () => {
  const views = new Map([
    ['contacts', new Set(['shop', 'customers', 'email'])],
    ['totals', new Set(['shop', 'orders', 'total'])],
    ['deeper', new Set(['contacts'])],
    ['opaque', null],
  ]);
  const relations = new Set([...facts.relations, 'contacts', 'deeper']);
  const check = (sql: string, policy: MysqlGuardContext['policy']) =>
    guardMysql(sql, { policy, facts: { ...facts, views, relations } });
  const policies = [
    { denyColumns: ['customers.Email'] },
    { allowColumns: ['shop.customers.id', 'customers.name'] },
  ];

  it.each([
    'SELECT email FROM customers',
    'SELECT EMAIL FROM customers',
    'SELECT `e``mail`, `email` FROM customers',
    'SELECT "email" FROM customers',
    'SELECT \u00e9mail FROM customers',
    'SELECT * FROM customers',
    'SELECT DISTINCT * FROM customers',
    'SELECT ALL * FROM customers',
    'SELECT STRAIGHT_JOIN * FROM customers',
    'SELECT id, * FROM customers',
    'SELECT c.* FROM shop.customers c',
    'SELECT/**/*/**/FROM customers',
    'SELECT (SELECT * FROM customers LIMIT 1)',
    'SELECT name FROM customers NATURAL JOIN orders',
    'SELECT name FROM customers JOIN orders USING (email)',
    'SELECT x FROM (SELECT * FROM customers) AS d(a, b, x)',
    'WITH c(a, b, x) AS (SELECT * FROM customers) SELECT x FROM c',
    'SELECT 1 UNION TABLE customers',
    'SELECT name FROM customers ORDER BY email',
    'SELECT name FROM customers WHERE (id, email) IN (SELECT 1, 2)',
    'SELECT MAX(customers.email) FROM customers',
    'SELECT id FROM contacts',
    'SELECT id FROM deeper',
    'SELECT id FROM opaque',
    'SELECT _rowid FROM customers',
    'SELECT name FROM orders UNION SELECT email FROM customers',
  ])('refuse %s', async (sql) => {
    for (const policy of policies) expect(await check(sql, policy)).not.toBeNull();
  });

  it.each([
    'SELECT id, name FROM customers',
    "SELECT COUNT(*), 2 * 3 * (1) * id FROM customers WHERE name LIKE 'email%'",
    'SELECT o.*, o.email FROM orders o',
    'SELECT * FROM totals',
    'SELECT name FROM customers JOIN orders USING (id)',
    'SELECT c.name AS n, id*2, (id)*2 FROM customers c JOIN orders o ON o.customer_id = c.id',
  ])('let %s pass', async (sql) => {
    for (const policy of policies) expect(await check(sql, policy)).toBeNull();
  });
});
