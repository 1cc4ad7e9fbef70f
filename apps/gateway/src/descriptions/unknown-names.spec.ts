import { expect, it } from '@jest/globals';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import { unknownNames } from './unknown-names.js';

const orders: TableSnapshot = {
  name: 'Orders',
  kind: 'table',
  columns: [{ name: 'status', type: 'TEXT', nullable: true }],
  primaryKey: [],
  foreignKeys: [],
};

it('names what is not there, with the nearest', () => {
  const tables = {
    orders: { columns: { STATUS: {}, statsu: {}, colour: {} } },
    order: { columns: { anything: {} } },
    weather: {},
  };
  expect(unknownNames({ tables }, [orders])).toEqual([
    'There is no column statsu in orders; the nearest is status.',
    'There is no column colour in orders.',
    'There is no table order; the nearest is Orders.',
    'There is no table weather.',
  ]);
});

it('ends, also where nothing matches of very much', () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `some_table_of_a_warehouse_${index}`);
  const described = Object.fromEntries(names.map((name) => [`x_${name}_y`, {}]));
  const started = performance.now();
  const warnings = unknownNames(
    { tables: described },
    names.map((name) => ({ ...orders, name })),
  );
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(warnings).toHaveLength(101);
  expect(warnings.at(-1)).toBe('9900 further names match nothing.');
});
