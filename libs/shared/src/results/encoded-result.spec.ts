import { describe, expect, it } from '@jest/globals';
import { BatchSpool } from './batch-spool.js';
import { EncodedResult, pagesOf } from './encoded-result.js';

const batch = (first: number, count: number) => {
  const rows = Array.from({ length: count }, (_, index) => [first + index, 'ä'.repeat(500)]);
  return { json: Buffer.from(JSON.stringify(rows)), rows: count };
};

function fill(batches: number): EncodedResult {
  const spool = new BatchSpool();
  for (let index = 0; index < batches; index += 1) spool.add(batch(index * 100, 100));
  return new EncodedResult([], spool, null);
}

describe('an encoded result', () => {
  it('gives its rows in order, from memory and from its file', () => {
    const result = fill(100);
    expect(result.batches.bytes).toBeGreaterThan(8 * 1024 ** 2);
    expect(result.rowCount).toBe(10_000);
    expect(result.rows.map(([x]) => x)).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
    expect(result.rows[9_999]?.[1]).toBe('ä'.repeat(500));
    result.batches.close();
  });

  it('is cut into pages of about a MiB that hold every row once', () => {
    const result = fill(100);
    const pages = [...pagesOf(result)];
    expect(pages.length).toBeGreaterThan(5);
    let next = 0;
    for (const { firstRow, rowCount, json } of pages) {
      expect(firstRow).toBe(next);
      expect((JSON.parse(json) as unknown[]).length).toBe(rowCount);
      expect(json.length).toBeLessThan(2 * 1024 ** 2);
      next += rowCount;
    }
    expect(next).toBe(10_000);
    result.batches.close();
  });

  it('has one page where it is small or empty', () => {
    expect([...pagesOf(fill(1))]).toMatchObject([{ firstRow: 0, rowCount: 100 }]);
    expect([...pagesOf(fill(0))]).toEqual([{ firstRow: 0, rowCount: 0, json: '[]' }]);
    expect([...pagesOf({ columns: [], rows: [], truncated: null })]).toMatchObject([{ json: '[]' }]);
    const plain = { columns: [], rows: [[1], ['x']], truncated: null };
    expect([...pagesOf(plain)]).toMatchObject([{ rowCount: 2, json: '[[1],["x"]]' }]);
  });

  it('starts anew when its rows are read again', () => {
    const { batches } = fill(100);
    batches.clear();
    batches.add(batch(7, 1));
    expect([...batches].map(({ rows }) => rows)).toEqual([1]);
  });
});
