import { describe, expect, it } from '@jest/globals';
import { sameRows } from './same-rows.js';

describe('sameRows', () => {
  const rows = [
    ['a', 1],
    ['b', 2],
  ];
  const turned = rows.toReversed();

  it('minds the order only where the question does', () => {
    expect(sameRows(rows, turned, false)).toBe(true);
    expect(sameRows(rows, turned, true)).toBe(false);
  });

  it('forgives the last digits of sums and nothing more', () => {
    expect(sameRows([[0.3]], [[0.1 + 0.2]], true)).toBe(true);
    expect(sameRows([[0.3]], [[0.301]], true)).toBe(false);
  });

  it('tells a missing row, a missing cell and another type', () => {
    expect(sameRows(rows, rows.slice(1), false)).toBe(false);
    expect(sameRows([['a', 1]], [['a']], true)).toBe(false);
    expect(sameRows([[1]], [['1']], true)).toBe(false);
    expect(sameRows([[null]], [[0]], true)).toBe(false);
  });
});
