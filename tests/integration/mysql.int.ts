import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { accessPolicySchema, type AccessPolicy } from '#shared/contracts/datasource';
import { DialectSandbox } from '../../apps/executor/src/sandbox/dialect.sandbox.js';
import { processIsolation } from '../../apps/executor/src/sandbox/isolation/isolation.js';
import {
  grantedTables,
  makeMysqlShop,
  type MysqlShop,
} from '../../apps/executor/src/sandbox/mysql/mysql.fixture.js';
import type { Outcome, Target } from '../../apps/executor/src/sandbox/sandbox.js';
import { checkConnection } from '../../apps/gateway/src/datasources/connection-check.js';
import { introspect } from '../../apps/retriever/src/introspection/introspector.js';
import { testServers } from '../support/servers.js';

let shop: MysqlShop;
let sandbox: DialectSandbox;

beforeAll(async () => {
  shop = await makeMysqlShop(testServers().mariadbUrl ?? '');
  sandbox = new DialectSandbox({ isolation: processIsolation });
});
afterAll(() => sandbox.close());

function target(policy: Partial<AccessPolicy>, url: string): Target {
  const full = accessPolicySchema.parse({ allowTables: grantedTables, timeoutMs: 2_000, ...policy });
  return { datasourceId: url, connection: { dialect: 'mysql', url }, policy: full };
}

const ask = (sql: string, policy: Partial<AccessPolicy> = {}, url = shop.readerUrl): Promise<Outcome> =>
  sandbox.run(target(policy, url), sql, AbortSignal.timeout(20_000));

async function fateOf(sql: string, policy: Partial<AccessPolicy> = {}, url = shop.readerUrl) {
  const outcome = await ask(sql, policy, url);
  if (outcome.kind === 'rows') return outcome.result.truncated ?? 'allowed';
  return outcome.kind === 'rejected' ? 'rejected' : outcome.traceback.class;
}

async function running(): Promise<number> {
  const connection = await createConnection(shop.administratorUrl);
  const [rows] = await connection.query(
    "SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE USER = 'reader' AND INFO LIKE '%order_items d'",
  );
  await connection.end();
  return (rows as { n: number }[])[0]?.n ?? -1;
}

describe('MySQL behind the sandbox', () => {
  it('keeps values as they are', async () => {
    const outcome = await ask(
      `SELECT 9007199254740993 AS big, CAST(18446744073709551615 AS UNSIGNED) AS most, 7 AS small, CAST(1.10 AS DECIMAL(5,2)) AS exact,
        TIMESTAMP '2020-01-02 03:04:05' AS at, DATE '2020-01-02' AS day, TIME '10:11:12' AS clock, CAST('ab' AS BINARY) AS bytes, JSON_OBJECT('a', 1) AS j, NULL AS none, 1 AS a, 2 AS a, 1 AS __proto__`,
    );
    expect(outcome).toMatchObject({
      kind: 'rows',
      result: {
        rows: [
          [
            ...['9007199254740993', '18446744073709551615', 7, '1.10', '2020-01-02 03:04:05', '2020-01-02'],
            ...['10:11:12', 'YWI=', '{"a": 1}', null, 1, 2, 1],
          ],
        ],
      },
    });
  });

  it.each([
    ['SELECT id FROM order_items', 'rows'],
    ['SELECT id FROM order_items LIMIT 1500', 'rows'],
    ["SELECT REPEAT('a', 60000) FROM order_items", 'bytes'],
    ["SELECT REPEAT('a', 16000000)", 'too_large'],
    ['SELECT COUNT(*) FROM order_items a, order_items b, order_items c, order_items d', 'timeout'],
    ["SELECT MD5(REPEAT('a', 16000000)) FROM order_items a, order_items b", 'timeout'],
  ])('cuts %s: %s', async (sql, fate) => {
    const started = performance.now();
    expect(await fateOf(sql)).toBe(fate);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it.each([
    'WITH RECURSIVE d(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM d) SELECT MAX(n) FROM d',
    "SELECT LENGTH(GROUP_CONCAT(REPEAT('a', 15000))) FROM order_items",
    "SELECT LENGTH(REPEAT('a', 50000000))",
  ])('turns the silent wrong answer of %s into an error', async (sql) => {
    expect(await fateOf(sql, { timeoutMs: 15_000 })).toBe('too_large');
  });

  it.each([
    ['SELECT nme FROM customers', 'unknown_column'],
    ['SELECT id FROM customers c JOIN orders o ON o.customer_id = c.id', 'ambiguous_column'],
    ['SELECT SUM(id) FROM customers WHERE SUM(id) > 1', 'grouping'],
    ['SELECT (SELECT id FROM customers)', 'grouping'],
    ['SELECT FIND_IN_SET(1, 2, 3)', 'function'],
    ['SELECT 1 FROM customers HAVING nope > 1', 'unknown_column'],
  ])('maps the mistake of %s to %s', async (sql, kind) => {
    expect(await fateOf(sql)).toBe(kind);
  });

  it('reads a string in double quotes as MySQL does by default', async () => {
    expect(await ask('SELECT name FROM customers WHERE name = "Ada"')).toMatchObject({
      kind: 'rows',
      result: { rows: [['Ada']] },
    });
  });

  it('stops what is cancelled on the server too', async () => {
    const controller = new AbortController();
    const slow = sandbox.run(
      target({ timeoutMs: 60_000 }, shop.readerUrl),
      'SELECT COUNT(*) FROM order_items a, order_items b, order_items c, order_items d',
      controller.signal,
    );
    setTimeout(() => controller.abort(new Error('cancelled')), 500);
    await expect(slow).rejects.toThrow('cancelled');
    const end = Date.now() + 5_000;
    while ((await running()) > 0 && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await running()).toBe(0);
  });

  it('holds against the administrator without the rights of a reader', async () => {
    expect(await fateOf('SELECT v FROM secrets', {}, shop.administratorUrl)).toBe('rejected');
    expect(
      await fateOf(
        'SELECT k FROM safe_secrets',
        { denyTables: ['secrets'], allowTables: undefined },
        shop.administratorUrl,
      ),
    ).toBe('rejected');
    expect(await fateOf('SELECT leak()', {}, shop.administratorUrl)).toBe('rejected');
  });

  it.each([
    ['denied', { denyColumns: ['customers.email'] }],
    ['not allowed', { allowColumns: ['customers.id', 'customers.name', 'customers.country'] }],
  ])('keeps columns that are %s from whoever asks', async (_, columns) => {
    const policy = { allowTables: undefined, ...columns };
    for (const sql of [
      'SELECT email FROM customers',
      'SELECT \u00e9mail FROM customers',
      'SELECT * FROM customers',
      'SELECT c.* FROM shop.customers c',
      'SELECT name FROM customers NATURAL JOIN (SELECT "ada@example.org" AS email) s',
      'SELECT x FROM (SELECT * FROM customers) AS d',
      'SELECT id FROM contacts',
      'SELECT name FROM customers ORDER BY `EMAIL`',
      'SELECT _rowid FROM customers',
    ])
      expect({ sql, fate: await fateOf(sql, policy, shop.administratorUrl) }).toEqual({
        sql,
        fate: 'rejected',
      });
    for (const sql of [
      'SELECT id, name, country FROM customers',
      'SELECT COUNT(*), 2*3, MAX(c.id)*2 FROM customers c',
      'SELECT p.* FROM products p',
      'SELECT name FROM customers WHERE name = "Ada"',
    ])
      expect({ sql, fate: await fateOf(sql, policy) }).toEqual({ sql, fate: 'allowed' });
  });

  it('explains with a cost, runs nothing, and refuses above the bound', async () => {
    const dear = 'SELECT COUNT(*) FROM order_items a, order_items b, order_items c, order_items d';
    const checked = await sandbox.check(target({}, shop.readerUrl), dear, AbortSignal.timeout(5_000));
    expect(checked).toMatchObject({ kind: 'valid', cost: expect.any(Number) });
    expect(await ask(dear, { maxCost: 1_000 })).toMatchObject({ kind: 'rejected', layer: 'limit' });
    expect(await fateOf('SELECT 1', { maxCost: 1_000 })).toBe('allowed');
  });
});

describe('registering MySQL', () => {
  it('takes a snapshot of what the user may see', async () => {
    const connection = { dialect: 'mysql', url: shop.readerUrl } as const;
    const { tables } = await introspect(connection, accessPolicySchema.parse({}));
    const orders = tables.find(({ name }) => name === 'orders');
    expect(tables.map(({ name }) => name).sort()).toEqual(
      [...grantedTables, 'order_totals', 'safe_secrets'].sort(),
    );
    expect(orders).toMatchObject({
      kind: 'table',
      comment: 'what was sold',
      primaryKey: ['id'],
      foreignKeys: [{ columns: ['customer_id'], referencedTable: 'customers', referencedColumns: ['id'] }],
    });
    expect(orders?.columns[1]).toMatchObject({ name: 'customer_id', comment: 'who bought', nullable: true });
    expect(orders?.columns[2]?.sampleValues).toEqual(['paid', 'open']);
  });

  it('refuses a user who may do more than read, with the mend', async () => {
    const check = (url: string, allow = false) =>
      checkConnection({ dialect: 'mysql', url }, undefined, allow);
    await expect(check(shop.readerUrl)).resolves.toMatchObject({
      location: expect.stringContaining('mysql://reader@'),
    });
    await expect(check(shop.administratorUrl)).rejects.toMatchObject({
      code: 'privileged_role',
      message: expect.stringContaining('GRANT SELECT, SHOW VIEW ON `shop`.*'),
    });
    await expect(check(shop.administratorUrl, true)).resolves.toBeDefined();
    const administrator = await createConnection(shop.administratorUrl);
    await administrator.query("GRANT INSERT ON shop.orders TO reader@'%'");
    await expect(check(shop.readerUrl)).rejects.toMatchObject({
      message: expect.stringContaining('REVOKE INSERT ON `shop`.`orders` FROM'),
    });
    await administrator.query("REVOKE INSERT ON shop.orders FROM reader@'%'");
    await administrator.end();
  });

  it('says what is wrong with a connection', async () => {
    const check = (url: string) => checkConnection({ dialect: 'mysql', url }, undefined, false);
    await expect(check('mysql://127.0.0.1')).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(check(shop.readerUrl.replace('reader:reader', 'reader:wrong'))).rejects.toMatchObject({
      code: 'connection_failed',
    });
  });
});
