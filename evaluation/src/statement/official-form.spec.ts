import { describe, expect, it } from '@jest/globals';
import { driverRefusal, isOrdered, officialGold, officialPrediction } from './official-form.js';

const options = { keepDistinct: false, plainValueIsOne: true };

describe('the official form of a statement', () => {
  it('loses the word DISTINCT, not the text', () => {
    expect(
      officialGold(
        'SELECT Distinct a, count(DISTINCT b) FROM t WHERE c = \'distinct\' AND "distinct" = 1',
        options,
      ),
    ).toBe('SELECT  a, count( b) FROM t WHERE c = \'distinct\' AND "distinct" = 1');
    expect(officialGold('SELECT distinct_id FROM t', options)).toBe('SELECT distinct_id FROM t');
  });

  it('keeps the first of several statements', () => {
    expect(officialPrediction("SELECT ';' FROM t; DROP TABLE t", options)).toBe("SELECT ';' FROM t;");
  });

  it('reads value as 1 in predictions only', () => {
    expect(officialPrediction('SELECT a FROM t WHERE a = value', options)).toBe(
      'SELECT a FROM t WHERE a = 1',
    );
    expect(officialGold('SELECT value FROM t', options)).toBe('SELECT value FROM t');
  });

  it('closes split operators and fixes the current year', () => {
    expect(officialGold('SELECT 1 WHERE a > = 2 AND b ! = YEAR ( curdate() ) - 1', options)).toBe(
      'SELECT 1 WHERE a >= 2 AND b != 2020- 1',
    );
  });

  it('is ordered wherever ORDER BY occurs', () => {
    expect(isOrdered('select a from (select a from t order by b)')).toBe(true);
    expect(isOrdered('select a from t')).toBe(false);
  });
});

describe('driverRefusal', () => {
  it('names parameters and further statements outside of text and comments', () => {
    expect(driverRefusal('SELECT a FROM t WHERE b = ?')).toContain('?');
    expect(driverRefusal('SELECT 1; SELECT 2')).toBe('more than one statement');
    expect(driverRefusal("SELECT '?;:a', 1; -- ; ?")).toBeUndefined();
  });
});
