import { describe, expect, it } from '@jest/globals';
import type { SchemaSnapshot, TableSnapshot } from '#shared/contracts/snapshot';
import { JoinGraph } from './join-closure.js';

function table(name: string, ...references: string[]): TableSnapshot {
  const foreignKeys = references.map((to) => ({
    columns: [`${to}_id`],
    referencedTable: to,
    referencedColumns: ['id'],
  }));
  return { name, kind: 'table', columns: [], primaryKey: ['id'], foreignKeys };
}

const snapshot: SchemaSnapshot = {
  dialect: 'sqlite',
  fingerprint: '',
  takenAt: '2026-01-01T00:00:00Z',
  tables: [
    table('customer'),
    table('orders', 'customer'),
    table('item', 'orders', 'product'),
    table('product'),
    table('island'),
  ],
};

describe('the join graph', () => {
  const graph = new JoinGraph(snapshot);

  it('adds the tables that connect the hits', () => {
    expect(graph.closure(['customer', 'product'])).toEqual(['item', 'orders']);
  });

  it('adds nothing between neighbours or where no path leads', () => {
    expect(graph.closure(['customer', 'orders', 'island'])).toEqual([]);
  });

  it('names each join condition among the tables once', () => {
    expect(graph.conditions(['orders', 'customer', 'product'])).toEqual(['orders.customer_id = customer.id']);
  });
});
