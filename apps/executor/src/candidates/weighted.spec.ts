import { describe, expect, it } from '@jest/globals';
import type { Cell } from '#shared/contracts/query';
import type { Executed } from './choice.js';
import { featureNames } from './features.js';
import { WeightedChoice } from './weighted.js';
import { readWeights, type Weights } from './weights.js';

const ran = (sql: string, ...rows: Cell[][]): Executed => ({
  candidate: { sql, outcome: 'succeeded' },
  result: { columns: (rows[0] ?? ['']).map(() => ({ name: 'x', type: '' })), rows, truncated: null },
});
const failed = (sql: string): Executed => ({ candidate: { sql, outcome: 'failed' }, result: null });
const said = (executed: Executed, ...sources: number[]): Executed => ({
  ...executed,
  candidate: { ...executed.candidate, sources, ...(sources.length > 1 && { votes: sources.length }) },
});
const only = (weights: Partial<Weights['features']>, priors: number[] = []): Weights => ({
  version: 1,
  source: 'test',
  features: {
    ...(Object.fromEntries(featureNames.map((name) => [name, 0])) as Weights['features']),
    ...weights,
  },
  priors,
});

async function chosen(
  executed: Executed[],
  weights: Weights,
  question = '?',
  costs: Record<string, number | null> = {},
) {
  const asked: string[] = [];
  const one = await new WeightedChoice(weights).choose(question, executed, async (sql) => {
    asked.push(sql);
    return costs[sql] ?? null;
  });
  return { sql: one?.candidate.sql ?? null, asked };
}

describe('the choice among candidates', () => {
  const votes = only({ votes: 1 });

  it('takes the only one that ran, and none where none did, without weighing', async () => {
    expect(await chosen([failed('a'), ran('b', [1])], votes)).toEqual({ sql: 'b', asked: [] });
    expect(await chosen([failed('a')], votes)).toEqual({ sql: null, asked: [] });
  });

  it('counts the replies that gave a result, whatever its order of rows', async () => {
    const executed = [ran('a', [1]), failed('b'), ran('cc', [2], [3]), ran('d', [3], [2])];
    expect((await chosen(executed, votes)).sql).toBe('cc');
    expect((await chosen([ran('b', [2]), said(ran('a', [1]), 0, 1, 2), ran('c', [2])], votes)).sql).toBe('a');
  });

  it('takes the cheapest of equals, else the first', async () => {
    const executed = [ran('a', [1]), ran('b', [2]), ran('c', [3])];
    expect((await chosen(executed, votes, '?', { a: 30, b: 7, c: 8 })).sql).toBe('b');
    expect((await chosen(executed, votes, '?', { a: 7, b: 7, c: 8 })).sql).toBe('a');
    expect(
      (await chosen([ran('long', [1]), ran('ab', [2]), ran('cd', [3])], votes, '?', { ab: 1, cd: 2 })).sql,
    ).toBe('long');
  });

  it.each<[string, Weights, Executed[], string]>([
    [
      'rows that others have, repeated or not',
      only({ sameRows: 1 }),
      [ran('a', [1], [1]), ran('bb', [2]), ran('cc', [1])],
      'a',
    ],
    [
      'columns that others name',
      only({ columns: 1 }),
      [ran('SELECT x FROM t', [1]), ran('SELECT y FROM t', [2]), ran('SELECT y FROM u', [3])],
      'SELECT y FROM t',
    ],
    [
      'as many columns as others',
      only({ width: 1 }),
      [ran('a', [1]), ran('b', [1, 2]), ran('c', [3, 4])],
      'b',
    ],
    ['some rows rather than none', only({ empty: -1 }), [ran('a'), ran('bbb', [1])], 'bbb'],
    [
      'something rather than nothing',
      only({ nothing: -1 }),
      [ran('a', [null]), ran('b', [0]), ran('ccc', [5])],
      'ccc',
    ],
  ])('can weigh %s', async (_, weights, executed, expected) => {
    expect((await chosen(executed, weights)).sql).toBe(expected);
  });

  it('can weigh whether an extreme is asked for', async () => {
    const executed = [ran('SELECT x FROM t', [1], [2]), ran('SELECT x FROM t ORDER BY y LIMIT 1', [2])];
    expect((await chosen(executed, only({ extreme: 1 }), 'Which is the largest x?')).sql).toContain('LIMIT');
    expect((await chosen(executed, only({ extreme: 1 }), 'All guests of the forest.')).sql).not.toContain(
      'LIMIT',
    );
  });

  it('can trust some sources more than others', async () => {
    const executed = [said(ran('a', [1]), 0, 1), said(ran('b', [2]), 2)];
    expect((await chosen(executed, only({ prior: 1 }, [0.2, 0.2, 2]))).sql).toBe('b');
    expect((await chosen(executed, only({ bestPrior: 1 }, [1, 3, 2]))).sql).toBe('a');
  });

  it('survives statements that it cannot read', async () => {
    const executed = [ran(`SELECT ${'('.repeat(20_000)}`, [1]), ran('}{', [2]), ran('SELECT 1', [2])];
    expect((await chosen(executed, readWeights())).sql).toBe('SELECT 1');
  });
});

describe('files of weights', () => {
  it('are refused with the variable that names them', () => {
    expect(() => readWeights('/nowhere.json')).toThrow(/EXECUTOR_CHOICE_WEIGHTS: \/nowhere[.]json/u);
  });
});
