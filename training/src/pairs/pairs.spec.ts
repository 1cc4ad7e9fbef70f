import { describe, expect, it } from '@jest/globals';
import { hasControlSigns, questionForm, sqlSkeleton } from './forms.js';
import { distinctPairs, Holdout } from './holdout.js';
import { splitAtRandom, splitByDatabase } from './split.js';
import type { TrainingPair } from './training-pair.js';

function pair(database: string, question: string, sql = 'SELECT 1'): TrainingPair {
  return { database, question, sql, source: 'set' };
}

describe('forms', () => {
  it('fold what a question does not say', () => {
    expect(questionForm('How many  “Orders”\nwere there?')).toBe(questionForm('how many orders were there'));
    expect(questionForm('orders in 2023')).not.toBe(questionForm('orders in 2024'));
  });

  it.each([
    ['literals', "SELECT a FROM t WHERE b = 'x' AND c > 3", "select a from t where b='y' and c > 10.5;"],
    ['aliases', 'SELECT T1.a FROM t AS T1', 'SELECT a FROM t'],
    ['texts in double quotes', 'SELECT a FROM t WHERE b = "Bob"', "SELECT a FROM t WHERE b = 'Al'"],
    [
      'lists and ranges of them',
      'SELECT a FROM t WHERE b IN ("x", "y") AND c BETWEEN "d" AND "e"',
      "SELECT a FROM t WHERE b IN ('p', 'q') AND c BETWEEN '1' AND '2'",
    ],
    [
      'quotes of names that are compared',
      'SELECT a FROM t WHERE "b" > 1 AND "c" < 2',
      'SELECT a FROM t WHERE b > 3 AND c < 4',
    ],
    ['quotes of names', 'SELECT "a" FROM t', 'SELECT a FROM t'],
  ])('fold %s of a statement', (_, one, other) => {
    expect(sqlSkeleton(one)).toBe(sqlSkeleton(other));
  });

  it('keep names and clauses apart', () => {
    expect(sqlSkeleton('SELECT a FROM t')).not.toBe(sqlSkeleton('SELECT b FROM t'));
    expect(sqlSkeleton('SELECT a FROM t')).not.toBe(sqlSkeleton('SELECT a FROM t LIMIT 1'));
  });
});

it.each([
  ["SELECT a FROM t WHERE b = '<|eot_id|>'", true],
  ["SELECT '</s>'", true],
  ["SELECT '[INST]'", true],
  ['SELECT a\n\tFROM t -- naïve 日本', false],
  ['SELECT a FROM t WHERE b < 3 AND c > 4', false],
])('%j has signs of chat templates: %s', (sql, expected) => {
  expect(hasControlSigns(sql)).toBe(expected);
});

describe('what is held out', () => {
  const holdout = new Holdout([
    { database: 'shop', question: 'How many orders?', sql: 'SELECT count(*) FROM orders WHERE n = 1' },
  ]);

  it.each([
    [pair('other', 'how many orders'), 'question'],
    [pair('shop', 'Count them', 'select COUNT(*) from orders where n = 7'), 'skeleton'],
    [pair('other', 'Count them', 'select COUNT(*) from orders where n = 7'), null],
    [pair('shop', 'Count customers', 'SELECT count(*) FROM customers'), null],
  ])('%j: %s', (one, expected) => {
    expect(holdout.overlap(one)).toBe(expected);
  });

  it('counts equal pairs once, and corrections of different failures apart', () => {
    const failed = (sql: string): TrainingPair => ({
      ...pair('shop', 'q'),
      source: 'correction',
      failed: { sql, error: { class: 'syntax', message: '' } },
    });
    expect(
      distinctPairs([pair('shop', 'Q?'), pair('shop', 'q'), failed('a'), failed('b'), failed('a')]),
    ).toHaveLength(3);
  });
});

describe('a split', () => {
  const pairs = Array.from({ length: 200 }, (_, at) => pair(`db${at % 20}`, `question ${at}`));

  it('by database shares none', () => {
    const { train, validation } = splitByDatabase(pairs, 0.1, 42);
    const trained = new Set(train.map(({ database }) => database));
    expect(validation.filter(({ database }) => trained.has(database))).toEqual([]);
    expect([train.length, validation.length]).toEqual([180, 20]);
  });

  it('at random has the sizes that were asked for, and the same pairs for the same seed', () => {
    const { train, validation } = splitAtRandom(pairs, 0.1, 42);
    expect([train.length, validation.length]).toEqual([180, 20]);
    expect(splitAtRandom(pairs, 0.1, 42).validation).toEqual(validation);
    expect(splitAtRandom(pairs, 0.1, 43).validation).not.toEqual(validation);
  });

  it('never leaves nothing to train on', () => {
    const one = pairs.map((each) => ({ ...each, database: 'only' }));
    expect(splitByDatabase(one, 0.1, 1).train).toHaveLength(200);
  });
});
