import { describe, expect, it } from '@jest/globals';
import type { Cell } from '#shared/contracts/query';
import { type Executed, majority } from './majority.js';

const ran = (sql: string, ...rows: Cell[][]): Executed => ({
  candidate: { sql, outcome: 'succeeded' },
  result: { columns: [], rows, truncated: null },
});
const failed = (sql: string): Executed => ({ candidate: { sql, outcome: 'failed' }, result: null });

describe('the vote', () => {
  it('takes the result that most candidates agree on, whatever their order of rows', () => {
    expect(
      majority([ran('a', [1]), failed('b'), ran('c', [2], [3]), ran('d', [3], [2])])?.candidate.sql,
    ).toBe('c');
  });

  it('takes the first of a tie', () => {
    expect(majority([ran('a', [1]), ran('b', [2])])?.candidate.sql).toBe('a');
  });

  it('has no winner when all failed', () => {
    expect(majority([failed('a')])).toBeNull();
  });
});
