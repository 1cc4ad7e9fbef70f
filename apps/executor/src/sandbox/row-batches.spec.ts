import { describe, expect, it } from '@jest/globals';
import { EncodedResult } from '#shared/results/encoded-result';
import { RowBatches } from './row-batches.js';

function rowsOf(batches: RowBatches): unknown[][] {
  return new EncodedResult([], batches.end(), batches.truncated).rows;
}

describe('the rows of a statement', () => {
  it('are kept in order, many batches of them', () => {
    const batches = new RowBatches({ maxRows: 100_000, maxBytes: 64 * 1024 ** 2 });
    const rows = Array.from({ length: 20_000 }, (_, index) => [index, `äö${'x'.repeat(300)}`]);
    for (const row of rows) batches.accept(row);
    expect(batches.truncated).toBeNull();
    expect(rowsOf(batches)).toEqual(rows);
    batches.close();
  });

  it('end at the limit of rows', () => {
    const batches = new RowBatches({ maxRows: 2, maxBytes: 1_000 });
    for (const row of [[1], [2], [3], [4]]) batches.accept(row);
    expect([batches.truncated, rowsOf(batches)]).toEqual(['rows', [[1], [2]]]);
  });

  it('end at the limit of bytes, and nothing after the row that was too much is taken', () => {
    const batches = new RowBatches({ maxRows: 9, maxBytes: 20 });
    for (const row of [['a'.repeat(9)], ['b'.repeat(9)], ['c']]) batches.accept(row);
    expect([batches.truncated, rowsOf(batches)]).toEqual(['bytes', [['a'.repeat(9)]]]);
    expect(batches.firstWasTooLarge).toBe(false);
  });

  it('tell when the first was too large', () => {
    const batches = new RowBatches({ maxRows: 9, maxBytes: 20 });
    batches.accept(['a'.repeat(30)]);
    expect(batches.firstWasTooLarge).toBe(true);
  });
});
