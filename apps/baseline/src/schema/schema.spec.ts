import { describe, expect, it } from '@jest/globals';
import { shopPrompt } from '../testing/shop-prompt.js';
import { keyColumn, namingColumns } from './defaults.js';
import { distance, joinTables } from './joins.js';
import { buildSchema, findColumn, type Table } from './model.js';
import { wordsOfName } from './naming.js';

const schema = buildSchema(shopPrompt('How many?'));
const table = (name: string): Table => {
  const found = schema.tables.find((table) => table.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

describe('wordsOfName', () => {
  it.each([
    ['customer_id', ['customer', 'id']],
    ['StuID', ['student', 'id']],
    ['LName', ['last', 'name']],
    ['releaseDates', ['release', 'date']],
    ['Line2', ['line', '2']],
  ])('splits %s', (name, words) => {
    expect(wordsOfName(name)).toEqual(words.map((word) => wordsOfName(word)[0]));
  });
});

describe('buildSchema', () => {
  it('takes keys from the cards and kinds from the types', () => {
    expect(keyColumn(table('orders'))?.name).toBe('id');
    expect(findColumn(schema.tables, 'ORDERS', 'order_date')?.kind).toBe('date');
    expect(findColumn(schema.tables, 'orders', 'customer_id')?.isKey).toBe(true);
    expect(schema.links).toHaveLength(4);
  });

  it('infers a key from equal names where none is declared', () => {
    const prompt = shopPrompt('How many?');
    const bare = prompt.tables.map((table) => ({
      ...table,
      foreignKeys: [],
      primaryKey: table.name === 'customers' ? ['customer_id'] : [],
      columns:
        table.name === 'customers'
          ? [{ name: 'customer_id', type: 'INTEGER', nullable: false }]
          : table.columns,
    }));
    const { links } = buildSchema({ ...prompt, tables: bare });
    expect(
      links.map(({ from, to }) => `${from.table.name}.${from.name} = ${to.table.name}.${to.name}`),
    ).toEqual(['orders.customer_id = customers.customer_id']);
  });
});

describe('joins', () => {
  it('finds the way through tables between', () => {
    const tree = joinTables(schema, [table('orders'), table('cities')]);
    expect(tree?.steps.map(({ table }) => table.name)).toEqual(['customers', 'cities']);
    expect(distance(schema, table('orders'), table('cities'))).toBe(2);
  });

  it('prefers the key that it is told to', () => {
    const tree = joinTables(schema, [table('messages'), table('customers')], ({ from }) =>
      from.name === 'recipient_id' ? 0.2 : 0,
    );
    expect(tree?.steps[0]?.link.from.name).toBe('recipient_id');
  });
});

describe('namingColumns', () => {
  it('takes the name, else the key', () => {
    expect(namingColumns(table('cities')).map(({ name }) => name)).toEqual(['name']);
    expect(namingColumns(table('orders')).map(({ name }) => name)).toEqual(['id']);
  });
});
