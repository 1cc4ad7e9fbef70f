import { expect, it } from '@jest/globals';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import { describe } from './describe.js';

const orders: TableSnapshot = {
  name: 'Orders',
  kind: 'table',
  comment: 'of the database',
  columns: [
    { name: 'id', type: 'INTEGER', nullable: false },
    { name: 'Status', type: 'TEXT', nullable: true },
  ],
  primaryKey: ['id'],
  foreignKeys: [],
};

it('lays descriptions over what is there, whatever the case, and makes nothing up', () => {
  const described = describe([orders], {
    tables: {
      orders: {
        description: 'what customers bought',
        synonyms: ['purchases'],
        columns: { status: { description: 'how far it is', synonyms: [] }, gone: { description: 'x' } },
      },
      gone: { description: 'x' },
    },
    terms: { churn: 'share of customers who left' },
  });
  expect(described).toEqual({
    tables: [
      {
        ...orders,
        description: 'what customers bought',
        synonyms: ['purchases'],
        columns: [orders.columns[0], { ...orders.columns[1], description: 'how far it is' }],
      },
    ],
    terms: [{ term: 'churn', definition: 'share of customers who left' }],
  });
});

it('leaves a snapshot that nobody described as it is', () => {
  expect(describe([orders], undefined)).toEqual({ tables: [orders] });
  expect(describe([orders], {})).toEqual({ tables: [orders] });
});
