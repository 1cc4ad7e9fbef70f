import { describe, expect, it } from '@jest/globals';
import type { SchemaSnapshot, TableSnapshot } from '#shared/contracts/snapshot';
import type { UnitHit } from '../indexing/unit.js';
import { SnapshotContext } from './snapshot-context.js';

function table(name: string, columns: number, references: string[] = []): TableSnapshot {
  const names = ['id', ...references.map((to) => `${to}_id`)];
  return {
    name,
    kind: 'table',
    primaryKey: ['id'],
    columns: Array.from({ length: columns }, (_, at) => ({
      name: names[at] ?? `column_${at}`,
      type: 'int',
      nullable: true,
    })),
    foreignKeys: references.map((to) => ({
      columns: [`${to}_id`],
      referencedTable: to,
      referencedColumns: ['id'],
    })),
  };
}

function contextOf(tables: TableSnapshot[], more: Partial<SchemaSnapshot> = {}): SnapshotContext {
  return new SnapshotContext({ dialect: 'sqlite', tables, fingerprint: 'f', takenAt: '', ...more });
}

const hit = (table: string, score = 1, column = ''): UnitHit => ({
  kind: column === '' ? 'table' : 'column',
  table,
  column,
  reference: '',
  score,
});
const whole = { tokens: 10_000, tables: 3 };
const names = ({ tables }: { tables: { name: string }[] }) => tables.map(({ name }) => name);

describe('a context', () => {
  const chain = [
    table('customer', 3),
    table('orders', 3, ['customer']),
    table('item', 3, ['orders', 'product']),
    table('product', 3),
    table('island', 3),
    table('zebra', 3),
  ];

  it('has the whole schema where it fits, what was found first', () => {
    const { tables } = contextOf(chain).forHits('?', [hit('product')], whole);
    expect(tables).toHaveLength(6);
    expect(tables[0]).toMatchObject({ name: 'product', via: 'match' });
    expect(tables.at(-1)).toMatchObject({ via: 'whole', score: 0 });
  });

  it('has the likely tables and those that join them where it does not fit', () => {
    const context = contextOf(chain).forHits('?', [hit('customer'), hit('product', 0.9)], {
      tokens: 120,
      tables: 4,
    });
    expect(names(context).sort()).toEqual(['customer', 'item', 'orders', 'product']);
    expect(context.joinPaths).toHaveLength(3);
  });

  it('keeps to its tokens, and has one table at least', () => {
    const hits = chain.map(({ name }, at) => hit(name, 1 - at / 100));
    expect(contextOf(chain).forHits('?', hits, { tokens: 1, tables: 9 }).tables).toHaveLength(1);
    expect(contextOf(chain).forHits('?', hits, { tokens: 50, tables: 9 }).tables.length).toBeLessThan(4);
  });

  it('prunes wide tables to keys, what was found and the first columns', () => {
    const tables = [table('wide', 100, ['customer']), table('customer', 3)];
    const [wide] = contextOf(tables).forHits('?', [hit('wide', 1, 'column_77')], {
      tokens: 400,
      tables: 2,
    }).tables;
    const card = wide?.card;
    expect(card).toContain('  id int primary key\n  customer_id int references customer(id)\n  column_2 int');
    expect(card).toContain('  column_77 int\n  -- and 76 more columns');
    expect(card).not.toContain('column_50');
  });

  it('has the most connected tables where nothing was found', () => {
    expect(names(contextOf(chain).forHits('?', [], { tokens: 80, tables: 2 }))).toEqual(['item', 'orders']);
  });

  it('leaves out what the index knows and the snapshot does not', () => {
    expect(contextOf(chain).rank([hit('dropped'), hit('island')])).toMatchObject([{ table: 'island' }]);
  });

  it('is searched for with what the terms of a question mean', () => {
    const terms = [
      { term: 'churn rate', definition: 'share of customer whose orders ended' },
      { term: 'margin', definition: 'of each product' },
      { term: '%', definition: 'of all' },
    ];
    const context = contextOf(chain, { terms });
    expect(context.searched('Churn by rates?')).toBe('Churn by rates?\nshare of customer whose orders ended');
    expect(context.searched('The rate?')).toBe('The rate?');
  });

  it('has the terms that the question names whole', () => {
    const terms = ['churn rate', 'rate', 'orders'].map((term) => ({ term, definition: `of ${term}` }));
    const found = ['churn rate', 'rate'].map((reference): UnitHit => ({
      ...hit('', 1),
      kind: 'term',
      reference,
    }));
    const context = contextOf(chain, { terms }).forHits('What is the rate of orders?', found, whole);
    expect(context.terms).toEqual([{ term: 'rate', definition: 'of rate' }]);
  });
});
