import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DatabaseSync } from 'node:sqlite';
import { Authorizer } from './authorizer.js';
import { sqliteFunctions } from './functions.js';
import { grantedTables, makeShop, type SqliteFixture } from './sqlite.fixture.js';

let shop: SqliteFixture;
beforeAll(() => {
  shop = makeShop("CREATE VIRTUAL TABLE notes USING fts5(body); INSERT INTO notes VALUES ('lamp broken');");
});
afterAll(() => shop.remove());

/** The authorizer alone: a connection that may write, with no other defence. */
function tryStatement(
  sql: string,
  allowTables: string[] = grantedTables,
): { denied: string | null; rows?: unknown[] } {
  const database = new DatabaseSync(shop.file);
  const authorizer = new Authorizer(
    { functions: sqliteFunctions, allowTables, denyTables: [], allowColumns: [], denyColumns: [] },
    database,
  );
  authorizer.install();
  authorizer.begin(sql);
  try {
    const statement = database.prepare(sql);
    authorizer.prepared(sql);
    return { denied: null, rows: statement.all() };
  } catch (error) {
    if (!authorizer.denial) throw error;
    return { denied: `${authorizer.denial.what} ${authorizer.denial.name}` };
  } finally {
    database.close();
  }
}

describe('the authorizer alone', () => {
  it.each([
    ["ATTACH ':memory:' AS m", 'action ATTACH'],
    ['DETACH main', 'action DETACH'],
    ['DELETE FROM orders', 'action DELETE'],
    ['INSERT INTO orders(id) VALUES (9) RETURNING id', 'action INSERT'],
    ['UPDATE orders SET total = 0', 'action UPDATE'],
    ['CREATE TEMP VIEW orders AS SELECT v FROM secrets', 'action INSERT'],
    ['BEGIN IMMEDIATE', 'action TRANSACTION'],
    ['PRAGMA query_only = 0', 'action PRAGMA'],
    ["SELECT load_extension('x')", 'function load_extension'],
    ['SELECT randomblob(9)', 'function randomblob'],
    ['SELECT count(*) FROM secrets', 'table secrets'],
    ['SELECT sql FROM sqlite_schema', 'table sqlite_master'],
  ])('refuses %s', (sql, denied) => {
    expect(tryStatement(sql)).toEqual({ denied });
  });

  it('lets granted tables, CTEs and JSON be read', () => {
    const sql = `WITH t AS (SELECT id FROM orders) SELECT count(*) AS n, (SELECT count(*) FROM json_each('[1, 2]')) AS j FROM t`;
    expect(tryStatement(sql).rows).toEqual([{ n: 3, j: 2 }]);
  });

  it('lets a granted full-text table search its own shadow tables, which stay hidden otherwise', () => {
    const granted = [...grantedTables, 'notes'];
    expect(tryStatement("SELECT body FROM notes WHERE notes MATCH 'lamp'", granted).rows).toEqual([
      { body: 'lamp broken' },
    ]);
    expect(tryStatement('SELECT * FROM notes_content', granted)).toEqual({ denied: 'table notes_content' });
  });
});
