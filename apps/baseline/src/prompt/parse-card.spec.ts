import { describe, expect, it } from '@jest/globals';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import { renderTableCard } from '#shared/schema/table-card';
import { parseTableCard } from './parse-card.js';

const orders: TableSnapshot = {
  name: 'sales.order lines',
  kind: 'table',
  comment: "what customers bought -- or (nearly) did; values: 'no'",
  rowCount: 12_000,
  columns: [
    { name: 'id', type: 'INTEGER', nullable: true },
    { name: 'order id', type: 'BIGINT', nullable: true },
    { name: 'Customer"s', type: 'integer', nullable: true, comment: 'who; references nobody' },
    {
      name: 'status',
      type: 'VARCHAR(20)',
      nullable: true,
      comment: 'how far',
      sampleValues: ['open', "it's, 'paid'", ''],
    },
    { name: 'made_at', type: 'timestamp with time zone', nullable: true },
    { name: 'untyped', type: '', nullable: true, sampleValues: ['a -- b; values'] },
    { name: 'bare', type: '', nullable: true },
  ],
  primaryKey: ['id'],
  foreignKeys: [
    { columns: ['Customer"s'], referencedTable: 'crm.People', referencedColumns: ['person id'] },
    { columns: ['order id', 'status'], referencedTable: 'orders', referencedColumns: ['id', 'state'] },
  ],
};

describe('parseTableCard', () => {
  it('reads back what renderTableCard writes', () => {
    expect(parseTableCard(renderTableCard(orders))).toEqual(orders);
  });

  it('reads back a key of several columns, a view, and a table without comment or size', () => {
    const tables: TableSnapshot[] = [
      { ...orders, primaryKey: ['id', 'order id'], comment: undefined, rowCount: 0 },
      { ...orders, kind: 'view', primaryKey: [], foreignKeys: [], rowCount: undefined },
      { name: 't', kind: 'table', columns: [], primaryKey: [], foreignKeys: [] },
    ];
    for (const table of tables)
      expect(parseTableCard(renderTableCard(table))).toEqual(JSON.parse(JSON.stringify(table)));
  });

  it('takes other text for no card', () => {
    expect(parseTableCard('Tables are nice')).toBeNull();
  });
});
