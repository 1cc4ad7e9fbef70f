import { describe, expect, it } from '@jest/globals';
import { readAsMysqlString } from './mysql-double-quotes.js';
import { guardMysql } from './mysql-guard.js';
import type { MysqlServerFacts } from './mysql-relations.js';

const facts: MysqlServerFacts = {
  database: 'shop',
  otherDatabases: new Set(['mysql', 'information_schema', 'tenant_b']),
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
    ["SELECT LOAD_FILE ('/etc/passwd')", 'policy'],
    ['SELECT shop.leak()', 'policy'],
    ['SELECT `abs`(1)', 'policy'],
    ['SELECT "leak" (1)', 'policy'],
    ['SELECT CURRENT_USER', 'policy'],
    ['WITH c AS (SELECT 1) DELETE FROM orders', 'policy'],
    ['SELECT v FROM secrets', 'policy'],
    ['SELECT v FROM shop . secrets', 'policy'],
    ['SELECT * FROM (orders, secrets)', 'policy'],
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

  it('reads a name in double quotes as a string where it is asked to', () => {
    expect(readAsMysqlString(`SELECT "a" FROM t WHERE b = "O'x\\" AND c."O'x\\" = 'O''x'`, "O'x\\")).toBe(
      `SELECT "a" FROM t WHERE b = 'O''x\\\\' AND c."O'x\\" = 'O''x'`,
    );
    expect(readAsMysqlString('SELECT `a`', 'a')).toBeNull();
  });
});
