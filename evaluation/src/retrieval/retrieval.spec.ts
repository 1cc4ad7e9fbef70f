import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmbeddedSchemaIndex } from '../../../apps/retriever/src/indexing/embedded/embedded.schema-index.js';
import { evaluateRetrieval } from './evaluate-retrieval.js';
import { goldTables } from './gold-tables.js';
import { readRetrievalSet } from './retrieval-set.js';

const tables = [
  {
    db_id: 'zoo',
    table_names_original: ['Keeper', 'Animal'],
    table_names: ['keeper', 'animal'],
    column_names_original: [
      [-1, '*'],
      [0, 'id'],
      [0, 'name'],
      [1, 'id'],
      [1, 'species'],
      [1, 'keeper_id'],
    ],
    primary_keys: [1, [3]],
    foreign_keys: [[5, 1]],
  },
  {
    db_id: 'port',
    table_names_original: ['ship'],
    column_names_original: [
      [-1, '*'],
      [0, 'id'],
      [0, 'tonnage'],
    ],
  },
];
const questions = [
  {
    db_id: 'zoo',
    question: 'Which species does each keeper look after?',
    query: 'SELECT a.species FROM animal a JOIN keeper k ON a.keeper_id = k.id',
  },
  { db_id: 'port', question: 'What is the tonnage of each ship?', SQL: 'select tonnage from `ship`' },
  { db_id: 'port', question: 'One?', query: 'SELECT 1' },
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nano-test-retrieval-'));
  writeFileSync(join(folder, 'tables.json'), JSON.stringify(tables));
  writeFileSync(join(folder, 'dev.json'), JSON.stringify(questions));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the tables of a gold statement', () => {
  const known = new Map([
    ['t1', 'T1'],
    ['two words', 'Two Words'],
    ['t3', 'T3'],
  ]);

  it.each([
    ['SELECT * FROM t1 AS T3 WHERE T3.a = 1', ['T1']],
    ['SELECT * FROM "Two Words" JOIN main.T1 USING (id)', ['Two Words', 'T1']],
    [
      'SELECT * FROM `two words` WHERE x IN (SELECT y FROM t3 UNION SELECT z FROM nowhere)',
      ['Two Words', 'T3'],
    ],
    ["WITH c AS (SELECT 't3' FROM t1) SELECT * FROM c", ['T1']],
    ['SELECT 1', []],
  ])('%s', async (sql, expected) =>
    expect([...((await goldTables(sql, known)) ?? [])].sort()).toEqual(expected.sort()),
  );

  it('are unknown where no parser understands it', async () => {
    expect(await goldTables('this is not SQL at all (', known)).toBeNull();
  });
});

describe('the evaluation of retrieval', () => {
  it.each([
    [false, 2, 'animal'],
    [true, 1, 'zoo.animal'],
  ])('counts what is found, pooled: %s', async (pooled, schemas) => {
    const set = await readRetrievalSet(folder, undefined, pooled);
    const index = new EmbeddedSchemaIndex(join(folder, String(pooled)));
    const metrics = await evaluateRetrieval({
      set,
      index,
      embedder: null,
      ks: [1, 3],
      budget: { tokens: 1_000, tables: 5 },
      onProgress: () => undefined,
    });
    await index.close();
    expect(metrics).toMatchObject({
      questions: 2,
      skipped: 1,
      schemas,
      tables: 3,
      recall: { '1': 0.75, '3': 1 },
      completeRecall: { '1': 0.5, '3': 1 },
    });
    expect(metrics.comparisons['bm25Names']?.recall['3']).toBe(1);
    expect(metrics.latencyMs?.p99).toBeGreaterThan(0);
  });

  it.each([false, true])(
    'reads what other sets have otherwise, and says what it leaves out, pooled: %s',
    async (pooled) => {
      const other = join(folder, `other-${pooled}`);
      mkdirSync(other);
      const described = [
        {
          db_id: 'Shop',
          table_names: ['Order', 'order', 'dbo.Item'],
          column_names: [
            [-1, '*'],
            [0, 'id'],
            [0, 'ID'],
            [1, 'other'],
            [2, 'order_a'],
            [2, 'order_b'],
            [0, 'a'],
          ],
          column_types: null,
          primary_keys: [[1, 6], null],
          foreign_keys: [
            [
              [4, 5],
              [1, 6],
            ],
            [4, 99],
            [4],
            'x',
            [[4], [1, 6]],
          ],
        },
        { db_id: 'shop', table_names: ['twice'], column_names: [[0, 'id']] },
        { db_id: 'bare', table_names_original: ['lonely'], column_names_original: [] },
        { db_id: 'broken', column_names: [] },
        'nothing',
      ];
      const asking = [
        { db_id: 'shop', question: 'orders?', SQL: 'SELECT TOP 3 * FROM [Order]', evidence: 'none' },
        { db_id: 'SHOP', question: 'items?', sql: 'SELECT * FROM dbo.item i, `ORDER`' },
        { db_id: 'bare', question: 'lonely?', query: 'SELECT 1 FROM Lonely', sql: { from: {} } },
        { db_id: 'shop', question: 'what?', query: 'this is not SQL at all (' },
        { db_id: 'shop', question: 'what?', query: 'SELECT 1' },
        { db_id: 'moon', question: 'what?', query: 'SELECT 1' },
        { question: 'what?', query: 'SELECT 1' },
      ];
      writeFileSync(join(other, 'dev_tables.json'), JSON.stringify(described));
      writeFileSync(join(other, 'questions.json'), JSON.stringify(asking));
      const set = await readRetrievalSet(other, undefined, pooled);
      const [prefix, bare] = pooled ? ['Shop.', 'bare.'] : ['', ''];
      expect(set.questions.map(({ gold }) => [...gold].sort())).toEqual([
        [`${prefix}Order`],
        [`${prefix}Order`, `${prefix}dbo.Item`].sort(),
        [`${bare}lonely`],
      ]);
      expect(set.leftOut).toEqual({ databases: 3, malformed: 1, noDatabase: 1, unreadable: 1, noTables: 1 });
      const tables = set.schemas.flatMap((schema) => schema.tables);
      expect(tables.map(({ name }) => name).sort()).toEqual(
        [`${prefix}Order`, `${prefix}dbo.Item`, `${bare}lonely`].sort(),
      );
      const item = tables.find(({ name }) => name.endsWith('Item'))!;
      expect(item.foreignKeys).toEqual([
        {
          columns: ['order_a', 'order_b'],
          referencedTable: `${prefix}Order`,
          referencedColumns: ['id', 'a'],
        },
      ]);
      const order = tables.find(({ name }) => name.endsWith('Order'))!;
      expect(order).toMatchObject({
        primaryKey: ['id', 'a'],
        columns: [{ name: 'id', type: '' }, { name: 'a' }],
      });
    },
  );

  it('names the file that it cannot read', async () => {
    await expect(readRetrievalSet(join(folder, 'gone'), undefined, false)).rejects.toThrow(
      'has no tables.json',
    );
    writeFileSync(join(folder, 'other.json'), JSON.stringify([{ ...questions[0], db_id: 'moon' }]));
    await expect(readRetrievalSet(folder, join(folder, 'other.json'), false)).rejects.toThrow(
      'no database moon',
    );
  });
});
