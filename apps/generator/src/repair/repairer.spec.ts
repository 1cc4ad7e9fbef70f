import { afterAll, describe, expect, it } from '@jest/globals';
import type { Dialect } from '#shared/contracts/datasource';
import type { SchemaSnapshot, TableSnapshot } from '#shared/contracts/snapshot';
import { Metrics } from '#shared/telemetry/metrics';
import { Repairer } from './repairer.js';

const table = (
  name: string,
  columns: string,
  keys: Record<string, [string, string]> = {},
): TableSnapshot => ({
  name,
  kind: 'table',
  columns: columns.split(' ').map((column) => ({ name: column, type: '', nullable: true })),
  primaryKey: [],
  foreignKeys: Object.entries(keys).map(([column, [referencedTable, referenced]]) => ({
    columns: [column],
    referencedTable,
    referencedColumns: [referenced],
  })),
});

const tables = [
  table('Makers', 'MakerId FullName Country'),
  table('Models', 'ModelId Maker ModelName', { Maker: ['Makers', 'MakerId'] }),
  table('Cars', 'Id Model Year weight', { Model: ['Models', 'ModelId'] }),
  table('Sales', 'SaleId CarId Price', { CarId: ['Cars', 'Id'] }),
  table('Reviews', 'ReviewId CarId Stars', { CarId: ['Cars', 'Id'] }),
];
const snapshotOf = (dialect: Dialect): SchemaSnapshot => ({
  dialect,
  tables,
  fingerprint: dialect,
  takenAt: '2026-01-01T00:00:00Z',
});

const repairer = new Repairer(new Metrics());
afterAll(() => repairer.onApplicationShutdown());

async function repaired(sql: string, dialect: Dialect = 'sqlite') {
  const [candidate] = await repairer.repairAll([{ sql, outcome: 'proposed' }], snapshotOf(dialect));
  return { sql: candidate?.sql ?? '', kinds: candidate?.repairs?.map(({ kind }) => kind) ?? [] };
}

describe('static repair', () => {
  it.each<[string, string, string[]]>([
    ['SELECT full_name FROM makers', 'SELECT FullName FROM makers', ['spelling']],
    ['SELECT FulName FROM Makers', 'SELECT FullName FROM Makers', ['spelling']],
    ['SELECT Year FROM car', 'SELECT Year FROM Cars', ['table']],
    ['SELECT Cars.Year FROM Cars AS T1', 'SELECT T1.Year FROM Cars AS T1', ['qualifier']],
    [
      'SELECT T1.Year FROM Models AS T1 JOIN Cars AS T2 ON T1.ModelId = T2.Model',
      'SELECT T2.Year FROM Models AS T1 JOIN Cars AS T2 ON T1.ModelId = T2.Model',
      ['qualifier'],
    ],
    [
      'SELECT CarId FROM Sales JOIN Reviews ON Sales.CarId = Reviews.CarId',
      'SELECT Sales.CarId FROM Sales JOIN Reviews ON Sales.CarId = Reviews.CarId',
      ['ambiguous'],
    ],
    [
      'SELECT ModelName FROM Cars WHERE weight < 9',
      'SELECT Models.ModelName FROM Cars JOIN Models ON Cars.Model = Models.ModelId WHERE weight < 9',
      ['join'],
    ],
    [
      'SELECT T2.Country FROM Cars AS T1 JOIN Makers AS T2 ON T1.MakerId = T2.MakerId',
      'SELECT T2.Country FROM Cars AS T1 JOIN Models AS T3 ON T1.Model = T3.ModelId JOIN Makers AS T2 ON T3.Maker = T2.MakerId',
      ['join'],
    ],
    [
      'SELECT T3.Stars FROM Models AS T1 JOIN Cars AS T2 ON T1.ModelId = T2.Model',
      'SELECT T3.Stars FROM Models AS T1 JOIN Cars AS T2 ON T1.ModelId = T2.Model JOIN Reviews AS T3 ON T2.Id = T3.CarId',
      ['join'],
    ],
    [
      'SELECT Year FROM Cars WHERE ModelName = (SELECT MIN(ModelName) FROM Cars)',
      'SELECT Year FROM Cars JOIN Models ON Cars.Model = Models.ModelId WHERE Models.ModelName = (SELECT MIN(Models.ModelName) FROM Cars JOIN Models ON Cars.Model = Models.ModelId)',
      ['join', 'join'],
    ],
    [
      'SELECT T1.Price FROM Sales AS T1 JOIN Cars AS T2 ON T1.Id = T2.Id',
      'SELECT T1.Price FROM Sales AS T1 JOIN Cars AS T2 ON T1.CarId = T2.Id',
      ['join_condition'],
    ],
    [
      'SELECT Year FROM Cars WHERE CarId NOT IN (SELECT CarId FROM Sales)',
      'SELECT Year FROM Cars WHERE Id NOT IN (SELECT CarId FROM Sales)',
      ['join_condition'],
    ],
    [
      'SELECT T2.Stars FROM Cars AS T1 JOIN Sales AS T2 ON T1.Id = T2.CarId',
      'SELECT T2.Stars FROM Cars AS T1 JOIN Reviews AS T2 ON T1.Id = T2.CarId',
      ['table'],
    ],
    [
      'SELECT Year FROM Cars GROUP BY Year WHERE COUNT(*) > 2',
      'SELECT Year FROM Cars GROUP BY Year HAVING COUNT(*) > 2',
      ['grouping'],
    ],
    [
      'SELECT Year FROM Cars WHERE weight > 1 AND COUNT(*) > 2',
      'SELECT Year FROM Cars WHERE weight > 1 GROUP BY Year HAVING COUNT(*) > 2',
      ['grouping'],
    ],
    [
      'SELECT Year FROM Cars ORDER BY COUNT(*) DESC LIMIT 1',
      'SELECT Year FROM Cars GROUP BY Year ORDER BY COUNT(*) DESC LIMIT 1',
      ['grouping'],
    ],
    ['SELECT Year FROM Cars ORDER BY Year UNION SELECT 1', 'SELECT Year FROM Cars UNION SELECT 1', ['order']],
    [
      'SELECT Year FROM Cars WHERE weight > 1 JOIN Sales ON Cars.Id = Sales.CarId',
      'SELECT Year FROM Cars JOIN Sales ON Cars.Id = Sales.CarId WHERE weight > 1',
      ['order'],
    ],
    [
      'SELECT Year FROM Cars WHERE Id IN (SELECT CarId FROM Sales',
      'SELECT Year FROM Cars WHERE Id IN (SELECT CarId FROM Sales)',
      ['parentheses'],
    ],
    ['SELECT Year FROM Cars \\end{code} Comment: none', 'SELECT Year FROM Cars', ['trailing_text']],
    [
      'SELECT Id FROM Cars WHERE Year < ANY (SELECT Price FROM Sales)',
      'SELECT Id FROM Cars WHERE Year < (SELECT MAX(Price) FROM Sales)',
      ['comparison'],
    ],
    ['SELECT TOP 5 Year FROM Cars', 'SELECT Year FROM Cars LIMIT 5', ['dialect']],
  ])(
    'mends %s',
    async (sql, expected, kinds) => {
      expect(await repaired(sql)).toEqual({ sql: expected, kinds });
    },
    30_000,
  );

  it.each([
    'SELECT Year FROM Cars WHERE "Model" = "x"',
    'SELECT rowid FROM Cars',
    'WITH c AS (SELECT Id AS n FROM Cars) SELECT n FROM c',
    'SELECT (SELECT Price FROM Sales WHERE CarId = Cars.Id) AS p FROM Cars ORDER BY p',
    'SELECT y.Year FROM (SELECT Year FROM Cars) y',
    'SELECT * FROM Cars, Sales WHERE Cars.Id = CarId',
  ])('leaves alone what runs: %s', async (sql) => {
    expect(await repaired(sql)).toEqual({ sql, kinds: [] });
  });

  it.each([
    ['several columns could be meant', 'SELECT Title FROM Cars'],
    ['several tables are as near', 'SELECT Cars.CarId FROM Cars'],
    ['the way leads to rows that share one', 'SELECT Stars FROM Sales'],
    ['another word is no misspelling', 'SELECT SaleName FROM Sales'],
    ['a name of two letters is no misspelling', 'SELECT Ix FROM Cars'],
    ['it is no read', 'PRAGMA table_list'],
    ['it is no SQL', 'SELECT the best car'],
    ['nothing says what is meant', 'SELECT colour FROM Cars'],
  ])('leaves alone what is not clear: %s', async (_, sql) => {
    expect(await repaired(sql)).toEqual({ sql, kinds: [] });
  });

  it('quotes what PostgreSQL would fold, and nothing that is right', async () => {
    expect((await repaired('SELECT c.Year FROM Cars c WHERE c.weight > 1', 'postgres')).sql).toBe(
      'SELECT c."Year" FROM "Cars" c WHERE c.weight > 1',
    );
    const right = 'SELECT c."Year", c.ctid, count(c) FROM "Cars" c GROUP BY 1, 2';
    expect(await repaired(right, 'postgres')).toEqual({ sql: right, kinds: [] });
    const unread = 'SELECT x FROM generate_series(1, 3) AS x';
    expect(await repaired(unread, 'postgres')).toEqual({ sql: unread, kinds: [] });
  }, 30_000);

  it('outlives statements that take its process long', async () => {
    const nested = Array.from({ length: 30 }, (_, i) => `c${i + 1} AS (SELECT a.* FROM c${i} a, c${i} b)`);
    const hostile = `WITH c0 AS (SELECT nope FROM Cars), ${nested.join(', ')} SELECT * FROM c30`;
    expect((await repaired(hostile)).sql).toBe(hostile);
    expect((await repaired('SELECT full_name FROM Makers')).kinds).toEqual(['spelling']);
  }, 30_000);
});
