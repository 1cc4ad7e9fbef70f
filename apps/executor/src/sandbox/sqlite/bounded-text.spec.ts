import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessPolicySchema } from '#shared/contracts/datasource';
import { DialectSandbox } from '../dialect.sandbox.js';
import { makeShop, type SqliteFixture } from './sqlite.fixture.js';
import { boundedText } from './sqlite-reader.js';

describe('the bound of a statement', () => {
  it.each([
    ['SELECT a FROM t', 'SELECT a FROM t\nLIMIT 11'],
    ['SELECT a FROM t ; ; ', 'SELECT a FROM t\nLIMIT 11'],
    ['-- of the model\nSELECT a FROM t', 'SELECT a FROM t\nLIMIT 11'],
    ['SELECT a FROM t LIMIT 5;', 'SELECT a FROM t LIMIT 5'],
    ['SELECT a FROM t LIMIT 100, 5', 'SELECT a FROM t LIMIT 100, 5'],
    ['SELECT a FROM t LIMIT 5 OFFSET 100', 'SELECT a FROM t LIMIT 5 OFFSET 100'],
    ["SELECT 'x limit 5'", "SELECT 'x limit 5'\nLIMIT 11"],
    ['SELECT a FROM (SELECT a FROM t LIMIT 5)', 'SELECT a FROM (SELECT a FROM t LIMIT 5)\nLIMIT 11'],
  ])('of %j is seen', (sql, bounded) => expect(boundedText(sql, 11)).toBe(bounded));

  it.each([
    'SELECT a FROM t LIMIT 50',
    'SELECT a FROM t LIMIT 5, 100',
    'SELECT a FROM t -- LIMIT 5',
    'SELECT a FROM t /* LIMIT 5',
    'SELECT a FROM t; -- x',
  ])('of %j is not', (sql) => expect(boundedText(sql, 11)).toBeNull());
});

describe('rows read at once and one by one', () => {
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

  const ask = (sql: string, maxRows: number) =>
    sandbox.run(
      {
        datasourceId: 'shop',
        connection: { dialect: 'sqlite', file: shop.file },
        policy: accessPolicySchema.parse({ maxRows }),
      },
      sql,
      AbortSignal.timeout(20_000),
    );

  it.each([
    'SELECT id, status FROM orders ORDER BY id DESC',
    'SELECT id, status FROM orders ORDER BY id DESC LIMIT 2',
    'SELECT id FROM orders LIMIT 1, 1',
    'SELECT id FROM orders LIMIT (SELECT 1) + 1',
    'SELECT id FROM orders LIMIT -1',
    'SELECT id FROM orders UNION ALL SELECT id FROM products ORDER BY 1 DESC',
    'VALUES (1, 2), (3, 4)',
    'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 4) SELECT x FROM c',
    'SELECT status, count(*) FROM orders GROUP BY 1 ORDER BY 2',
    'SELECT 9007199254740993 AS big',
  ])('are the same rows of %s', async (sql) => {
    for (const maxRows of [1, 2, 100]) {
      const atOnce = await ask(sql, maxRows);
      // A comment hides the bound.
      const oneByOne = await ask(`${sql} -- all of them`, maxRows);
      if (atOnce.kind !== 'rows' || oneByOne.kind !== 'rows') throw new Error(JSON.stringify(atOnce));
      expect(atOnce.result.rows).toEqual(oneByOne.result.rows);
      expect(atOnce.result.truncated).toBe(oneByOne.result.truncated);
      expect(atOnce.result.columns).toEqual(oneByOne.result.columns);
    }
  });

  it('cut a statement without an end at the row limit', async () => {
    const endless = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c';
    expect(await ask(endless, 10)).toMatchObject({ kind: 'rows', result: { truncated: 'rows' } });
  });

  it('keep what fits where all of them would not fit into memory', async () => {
    const wide = "SELECT printf('%.*c', 1000000, 'x') FROM order_items";
    const outcome = await ask(wide, 2_000);
    expect(outcome).toMatchObject({ kind: 'rows', result: { truncated: 'bytes' } });
  }, 30_000);
});
