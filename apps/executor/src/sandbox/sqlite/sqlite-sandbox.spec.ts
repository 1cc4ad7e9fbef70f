import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendFileSync, copyFileSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { accessPolicySchema, type AccessPolicy } from '#shared/contracts/datasource';
import { DialectSandbox } from '../dialect.sandbox.js';
import type { Outcome } from '../sandbox.js';
import { grantedTables, makeShop, type SqliteFixture } from './sqlite.fixture.js';

let shop: SqliteFixture;
let sandbox: DialectSandbox;

beforeAll(() => {
  shop = makeShop();
  sandbox = new DialectSandbox();
});
afterAll(async () => {
  await sandbox.close();
  shop.remove();
});

function ask(sql: string, policy: Partial<AccessPolicy> = {}, file = shop.file): Promise<Outcome> {
  const full = accessPolicySchema.parse({ allowTables: grantedTables, timeoutMs: 1_500, ...policy });
  const target = { datasourceId: file, connection: { dialect: 'sqlite', file } as const, policy: full };
  return sandbox.run(target, sql, AbortSignal.timeout(20_000));
}

async function rowsOf(
  sql: string,
  policy: Partial<AccessPolicy> = {},
  file = shop.file,
): Promise<unknown[][]> {
  const outcome = await ask(sql, policy, file);
  if (outcome.kind !== 'rows') throw new Error(JSON.stringify(outcome));
  return outcome.result.rows;
}

describe('values of SQLite', () => {
  it('keep their precision and survive JSON', async () => {
    const outcome = await ask(
      "SELECT 9007199254740993 AS big, 7 AS small, 9e999 AS huge, x'00ff' AS bytes, NULL AS none, cast(x'ff41' AS TEXT) AS broken, 1 AS a, 2 AS a",
    );
    expect(outcome).toMatchObject({
      kind: 'rows',
      result: {
        rows: [['9007199254740993', 7, 'Infinity', 'AP8=', null, '\ufffdA', 1, 2]],
        truncated: null,
      },
    });
    expect(outcome.kind === 'rows' && outcome.result.columns.map(({ name }) => name)).toEqual([
      ...['big', 'small', 'huge', 'bytes', 'none', 'broken', 'a', 'a'],
    ]);
  });

  it('starts again with exact integers when a large one comes late', async () => {
    const rows = await rowsOf(
      'SELECT CASE WHEN id = 1999 THEN 9007199254740993 ELSE id END FROM order_items',
      {
        maxRows: 5_000,
      },
    );
    expect(rows).toHaveLength(2_000);
    expect(rows[1_998]).toEqual(['9007199254740993']);
    expect(rows[0]).toEqual([1]);
  });

  it('gives the declared types of columns', async () => {
    const outcome = await ask('SELECT total, id + 1 FROM orders');
    expect(outcome.kind === 'rows' && outcome.result.columns).toEqual([
      { name: 'total', type: 'DECIMAL(10,2)' },
      { name: 'id + 1', type: '' },
    ]);
  });
});

describe('limits on SQLite', () => {
  it('cuts at the row limit', async () => {
    const outcome = await ask('SELECT id FROM order_items', { maxRows: 10 });
    expect(outcome).toMatchObject({ kind: 'rows', result: { truncated: 'rows' } });
    expect(outcome.kind === 'rows' && outcome.result.rows).toHaveLength(10);
  });

  it('is not truncated by a limit that is just met', async () => {
    expect(await ask('SELECT id FROM orders', { maxRows: 3 })).toMatchObject({ result: { truncated: null } });
  });

  it('cuts at the byte limit and keeps what fits', async () => {
    const outcome = await ask("SELECT printf('%.*c', 100, 'x') FROM order_items", { maxBytes: 5_000 });
    expect(outcome).toMatchObject({ kind: 'rows', result: { truncated: 'bytes' } });
    const rows = outcome.kind === 'rows' ? outcome.result.rows : [];
    expect(rows.length).toBeGreaterThan(40);
    expect(JSON.stringify(rows).length).toBeLessThanOrEqual(5_000);
  });

  it('says so when a single row is past the byte limit', async () => {
    expect(await ask("SELECT printf('%.*c', 50000, 'x')", { maxBytes: 5_000 })).toMatchObject({
      kind: 'failed',
      traceback: { class: 'too_large' },
    });
  });

  it('kills a statement at its deadline, even inside one long operation, and answers the next at once', async () => {
    const bomb = "SELECT instr(printf('%.*c',900000,'a'), printf('%.*c',450000,'a')||'b')";
    expect(await ask(bomb, { timeoutMs: 200 })).toMatchObject({
      kind: 'failed',
      traceback: { class: 'timeout' },
    });
    const next = await ask('SELECT 1', { timeoutMs: 200 });
    expect(next).toMatchObject({ kind: 'rows' });
  });

  it('turns exhausted memory into a traceback', async () => {
    const sql = `WITH RECURSIVE c(x, s) AS (SELECT 1, printf('%.*c', 8000000, 'x') UNION ALL SELECT x + 1, s FROM c LIMIT 500)
      SELECT count(*) FROM (SELECT s FROM c ORDER BY s)`;
    expect(await ask(sql, { timeoutMs: 15_000 })).toMatchObject({
      kind: 'failed',
      traceback: { class: 'too_large' },
    });
  }, 20_000);

  it('throws the reason of an abort and frees its place', async () => {
    const policy = accessPolicySchema.parse({ timeoutMs: 10_000 });
    const target = {
      datasourceId: 'abort',
      connection: { dialect: 'sqlite', file: shop.file } as const,
      policy,
    };
    const endless = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT count(*) FROM c';
    const reason = new Error('cancelled by the client');
    const aborting = new AbortController();
    const runs = Array.from({ length: 6 }, () => sandbox.run(target, endless, aborting.signal));
    setTimeout(() => aborting.abort(reason), 100);
    for (const settled of await Promise.allSettled(runs))
      expect(settled).toEqual({ status: 'rejected', reason });
    expect(await sandbox.run(target, 'SELECT 1', AbortSignal.timeout(5_000))).toMatchObject({ kind: 'rows' });
  });
});

describe('the policy on SQLite', () => {
  const rejected = { kind: 'rejected', layer: 'engine', traceback: { class: 'policy' } };

  it.each([
    'SELECT v FROM secrets',
    'SELECT count(*) FROM secrets',
    'SELECT 1 FROM orders WHERE EXISTS (SELECT 1 FROM secrets)',
    'WITH orders AS (SELECT v FROM secrets) SELECT * FROM orders',
    'WITH safe_secrets AS (SELECT v FROM secrets) SELECT * FROM safe_secrets',
    'SELECT * FROM safe_secrets',
    "SELECT count(*) FROM secrets NATURAL JOIN (SELECT 'canary' AS v)",
    "SELECT count(*) FROM (SELECT 'canary' AS v) JOIN secrets USING (v)",
    "SELECT 1 FROM orders, (SELECT 'canary' AS v) FULL JOIN secrets USING (v)",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM (SELECT 'key' AS k) natural/**/join safe_secrets)",
    "SELECT count(*) FROM sqlite_master NATURAL JOIN (SELECT 'secrets' AS name)",
    "SELECT 1 FROM orders WHERE ('key', 'canary') IN secrets",
    'SELECT count(*) FROM safe_secrets',
    'SELECT count(*) FROM deeper_secrets',
    "SELECT name FROM pragma_table_info('orders')",
    'SELECT count(*) FROM sqlite_master',
    'SELECT random()',
    'WITH x AS (SELECT 1) DELETE FROM orders',
    'WITH x AS (SELECT 1) INSERT INTO orders(id) SELECT 9 RETURNING id',
  ])('refuses %s', async (sql) => {
    expect(await ask(sql)).toMatchObject(rejected);
  });

  it('lets a granted view read on its own behalf, and nothing else', async () => {
    const policy = { allowTables: [...grantedTables, 'deeper_secrets'] };
    expect(await rowsOf('SELECT k FROM deeper_secrets', policy)).toEqual([['key']]);
    expect(await rowsOf('SELECT count(*) FROM deeper_secrets', policy)).toEqual([[1]]);
    for (const sql of [
      'SELECT v FROM secrets',
      'SELECT count(*) FROM secrets, deeper_secrets',
      'SELECT v FROM "SECRETS" AS s, deeper_secrets',
      'SELECT k FROM safe_secrets',
      'WITH safe_secrets AS (SELECT v FROM secrets) SELECT * FROM safe_secrets, deeper_secrets',
    ])
      expect(await ask(sql, policy)).toMatchObject(rejected);
  });

  it('keeps a denied table denied behind every view', async () => {
    const policy = { allowTables: undefined, denyTables: ['secrets'] };
    expect(await ask('SELECT k FROM deeper_secrets', policy)).toMatchObject(rejected);
    expect(await rowsOf('SELECT count(*) FROM orders', policy)).toEqual([[3]]);
  });
});

describe('denied columns on SQLite', () => {
  const policy = {
    allowTables: [...grantedTables, 'contacts'],
    denyColumns: ['customers.email', 'Orders.TOTAL'],
  };
  const views = `CREATE VIEW contacts AS SELECT id, email FROM customers;
    CREATE INDEX by_email ON customers(email);`;

  it.each([
    'SELECT email FROM customers',
    'SELECT * FROM customers',
    'SELECT c.* FROM customers c',
    'SELECT "EMAIL" FROM main.customers',
    'SELECT count(email) FROM customers',
    "SELECT 1 FROM customers WHERE email LIKE 'a%'",
    'SELECT 1 FROM customers GROUP BY email',
    'SELECT name FROM customers ORDER BY email',
    "SELECT name FROM customers WHERE (id, email) = (1, 'ada@example.org')",
    'SELECT x FROM (SELECT email AS x FROM customers)',
    'WITH c(a, b, x, d) AS (SELECT * FROM customers) SELECT x FROM c',
    'SELECT (SELECT max(email) FROM customers)',
    'SELECT id FROM contacts',
    "SELECT name FROM customers NATURAL JOIN (SELECT 'ada@example.org' AS email)",
    "SELECT name FROM (SELECT 'ada@example.org' AS email) JOIN customers USING (email)",
    "SELECT 'ada@example.org' IN (SELECT email FROM customers)",
    'SELECT name FROM customers UNION SELECT email FROM customers',
    'SELECT total FROM orders',
    'SELECT row_number() OVER (ORDER BY email) FROM customers',
  ])('refuses %s', async (sql) => {
    const own = makeShop(views);
    expect(await ask(sql, policy, own.file)).toMatchObject({
      kind: 'rejected',
      layer: 'engine',
      traceback: { class: 'policy' },
    });
    own.remove();
  });

  it('lets everything else be read', async () => {
    expect(await rowsOf('SELECT id, name, country FROM customers ORDER BY id', policy)).toHaveLength(2);
    expect(await rowsOf('SELECT count(*) FROM customers', policy)).toEqual([[2]]);
    expect(await rowsOf("SELECT 'x' AS email", policy)).toEqual([['x']]);
    expect(await rowsOf('SELECT count(*) FROM products JOIN (SELECT 1 AS id) USING (id)', policy)).toEqual([
      [1],
    ]);
  });
});

describe('allowed columns on SQLite', () => {
  const policy = { allowColumns: ['customers.ID', 'Customers.name'] };

  it.each([
    'SELECT email FROM customers',
    'SELECT * FROM customers',
    'SELECT name FROM customers ORDER BY country',
    "SELECT name FROM customers NATURAL JOIN (SELECT 'ada@example.org' AS email)",
  ])('hide the others: %s', async (sql) => {
    expect(await ask(sql, policy)).toMatchObject({ kind: 'rejected', traceback: { class: 'policy' } });
  });

  it('can be read, and so can other tables', async () => {
    expect(await rowsOf('SELECT id, name FROM customers ORDER BY rowid', policy)).toHaveLength(2);
    expect(await rowsOf('SELECT count(*) FROM customers', policy)).toEqual([[2]]);
    expect(await rowsOf('SELECT * FROM products', policy)).toEqual([[1, 'lamp']]);
  });
});

describe('statements on SQLite', () => {
  it.each([
    'PRAGMA query_only = 0',
    'EXPLAIN SELECT 1',
    "ATTACH 'x' AS y",
    'VACUUM',
    'SELECT 1; SELECT 2',
    'SELECT ?1',
    'Sorry, no.',
  ])('refuses %s', async (sql) => {
    expect(await ask(sql)).toMatchObject({ kind: 'rejected' });
  });

  it('reads "x" as a string where a value belongs, and nowhere else', async () => {
    expect(
      await rowsOf('SELECT id FROM orders WHERE status = "paid" AND "status" IN ("open", "paid")'),
    ).toEqual([[1], [3]]);
    expect(await ask('SELECT "nosuchcolumn" FROM orders')).toMatchObject({
      traceback: { class: 'unknown_column' },
    });
    expect(await ask(`SELECT id FROM orders WHERE "stat" = 'paid'`)).toMatchObject({ kind: 'failed' });
  });
});

describe('the file of a datasource', () => {
  it('is never written, and nothing is made beside it', async () => {
    const own = makeShop();
    const before = readFileSync(own.file);
    const copy = join(own.folder, 'copy');
    for (const sql of [
      `VACUUM INTO '${copy}'`,
      `ATTACH '${copy}' AS c`,
      'WITH x AS (SELECT 1) DELETE FROM orders',
    ])
      expect(await ask(sql, {}, own.file)).toMatchObject({ kind: 'rejected' });
    expect(await rowsOf('SELECT count(*) FROM orders', {}, own.file)).toEqual([[3]]);
    expect(readFileSync(own.file).equals(before)).toBe(true);
    expect(readdirSync(own.folder)).toEqual(['shop.sqlite']);
    own.remove();
  });

  it('may be replaced, and may be a WAL database at rest', async () => {
    const file = join(shop.folder, 'wal.sqlite');
    copyFileSync(shop.file, file);
    expect(await rowsOf('SELECT count(*) FROM orders', {}, file)).toEqual([[3]]);
    const next = new DatabaseSync(join(shop.folder, 'next.sqlite'));
    next.exec('PRAGMA journal_mode=WAL; CREATE TABLE orders(id); INSERT INTO orders VALUES (1)');
    next.close();
    renameSync(join(shop.folder, 'next.sqlite'), file);
    expect(await rowsOf('SELECT count(*) FROM orders', {}, file)).toEqual([[1]]);
    const writer = new DatabaseSync(file);
    writer.exec('INSERT INTO orders VALUES (2)');
    expect(await rowsOf('SELECT count(*) FROM orders', {}, file)).toEqual([[2]]);
    writer.close();
    expect(await rowsOf('SELECT count(*) FROM orders', {}, file)).toEqual([[2]]);
  });

  it('that cannot be opened is trouble of the infrastructure', async () => {
    const file = join(shop.folder, 'text.sqlite');
    appendFileSync(
      file,
      'this is no database at all, though it is long enough to be read as the header of one '.repeat(9),
    );
    await expect(ask('SELECT 1', {}, file)).rejects.toMatchObject({
      kind: 'retryable',
      code: 'database_unreachable',
    });
    await expect(ask('SELECT 1', {}, join(shop.folder, 'missing'))).rejects.toMatchObject({
      code: 'database_unreachable',
    });
  });
});
