import { describe, expect, it } from '@jest/globals';
import type { Cell } from '#shared/contracts/query';
import type { Executed } from './choice.js';
import { MajorityChoice } from './majority.js';

const ran = (sql: string, ...rows: Cell[][]): Executed => ({
  candidate: { sql, outcome: 'succeeded' },
  result: { columns: [], rows, truncated: null },
});
const failed = (sql: string): Executed => ({ candidate: { sql, outcome: 'failed' }, result: null });

async function chosen(executed: Executed[], costs: Record<string, number | null> = {}) {
  const asked: string[] = [];
  const one = await new MajorityChoice().choose(executed, async (sql) => {
    asked.push(sql);
    return costs[sql] ?? null;
  });
  return { sql: one?.candidate.sql ?? null, asked };
}

describe('the vote', () => {
  it('takes the result that most candidates agree on, whatever their order of rows, and asks no cost', async () => {
    const executed = [ran('a', [1]), failed('b'), ran('c', [2], [3]), ran('d', [3], [2])];
    expect(await chosen(executed)).toEqual({ sql: 'c', asked: [] });
  });

  it('weighs a text by the number of replies that had it', async () => {
    const thrice = ran('a', [1]);
    thrice.candidate.votes = 3;
    expect((await chosen([ran('b', [2]), thrice, ran('c', [2])])).sql).toBe('a');
    const twice = ran('b', [2]);
    twice.candidate.votes = 2;
    expect((await chosen([thrice, ran('c', [2]), twice], { a: 9, b: 1, c: 1 })).sql).toBe('c');
  });

  it('takes the cheapest of a tie', async () => {
    const executed = [ran('a', [1]), ran('b', [2]), ran('c', [3])];
    expect((await chosen(executed, { a: 30, b: 7, c: 8 })).sql).toBe('b');
  });

  it('takes the shortest where a cost is missing or equal, then the first', async () => {
    const executed = [ran('long', [1]), ran('ab', [2]), ran('cd', [3])];
    expect((await chosen(executed, { long: 1, ab: null, cd: 2 })).sql).toBe('ab');
    expect((await chosen(executed, { long: 1, ab: 1, cd: 1 })).sql).toBe('ab');
  });

  it('has no winner when all failed', async () => {
    expect(await chosen([failed('a')])).toEqual({ sql: null, asked: [] });
  });
});
