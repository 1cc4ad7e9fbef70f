import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Candidate } from '#shared/contracts/attempt';
import { normalised, runCandidates } from './run-candidates.js';

const proposed = (sql: string): Candidate => ({ sql, outcome: 'proposed' });

describe('the candidates of an attempt', () => {
  it('run once where they are the same, and each keeps its text and its outcome', async () => {
    const ran: string[] = [];
    const rejected: Candidate = { sql: 'no', outcome: 'rejected' };
    const candidates = [
      proposed('SELECT 1'),
      { ...proposed('SELECT   1;\n'), votes: 3 },
      rejected,
      proposed('SELECT 2'),
    ];
    const executed = await runCandidates(candidates, async (sql) => {
      ran.push(sql);
      return {
        candidate: { sql, outcome: 'succeeded', rowCount: 1 },
        result: { columns: [], rows: [[sql]], truncated: null },
      };
    });
    expect(ran.sort()).toEqual(['SELECT 1', 'SELECT 2']);
    expect(executed.map(({ candidate }) => [candidate.sql, candidate.outcome])).toEqual([
      ['SELECT 1', 'succeeded'],
      ['SELECT   1;\n', 'succeeded'],
      ['no', 'rejected'],
      ['SELECT 2', 'succeeded'],
    ]);
    expect(executed.map(({ candidate }) => candidate.votes)).toEqual([undefined, 3, undefined, undefined]);
    expect(executed[1]?.result).toBe(executed[0]?.result);
  });

  it('run a few at a time', async () => {
    let running = 0;
    let most = 0;
    const candidates = Array.from({ length: 12 }, (_, index) => proposed(`SELECT ${index}`));
    await runCandidates(candidates, async (sql) => {
      most = Math.max(most, (running += 1));
      await sleep(5);
      running -= 1;
      return { candidate: proposed(sql), result: null };
    });
    expect(most).toBe(4);
  });

  it.each([
    ["SELECT 'a  b'", "SELECT 'a b'"],
    ['SELECT 1 -- x\n, 2', 'SELECT 1 -- x , 2'],
    ['SELECT $$a  b$$', 'SELECT $$a b$$'],
    ['SELECT "a  b"', 'SELECT "a b"'],
    ['SELECT a', 'SELECT A'],
  ])('that mean different things are told apart: %j and %j', (one, other) => {
    expect(normalised(one)).not.toBe(normalised(other));
  });
});
