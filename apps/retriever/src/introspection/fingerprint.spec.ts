import { expect, it } from '@jest/globals';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import { fingerprintOf } from './fingerprint.js';

const column = { name: 'id', type: 'int', nullable: false };
const table = (rowCount: number | undefined, name = 'orders'): TableSnapshot => ({
  name,
  kind: 'table',
  columns: [column],
  primaryKey: ['id'],
  foreignKeys: [],
  ...(rowCount !== undefined && { rowCount }),
});
const of = (...tables: TableSnapshot[]) => fingerprintOf({ tables });

it('is that of a schema, however busy its tables are', () => {
  expect(of(table(1_000))).toBe(of(table(9_999)));
  expect(of(table(12_345), table(7, 'items'))).toBe(of(table(54_321), table(3, 'items')));
  expect(of(table(undefined))).not.toBe(of(table(0)));
});

it('changes when a table is first filled or becomes another size, and with all else', () => {
  const sizes = [0, 1, 10, 100, 1_000_000].map((rows) => of(table(rows)));
  expect(new Set(sizes).size).toBe(sizes.length);
  const other = { ...table(5), columns: [{ ...column, type: 'text' }] };
  expect(of(other)).not.toBe(of(table(5)));
  const term = { term: 'churn', definition: 'customers who left' };
  expect(fingerprintOf({ tables: [table(5)], terms: [term] })).not.toBe(of(table(5)));
});
