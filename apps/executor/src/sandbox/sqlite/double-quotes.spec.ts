import { describe, expect, it } from '@jest/globals';
import { readAsString } from './double-quotes.js';

describe('double-quoted text in the place of a value', () => {
  it.each([
    ['SELECT 1 FROM t WHERE a = "x"', 'x', "SELECT 1 FROM t WHERE a = 'x'"],
    ['SELECT 1 FROM t WHERE a NOT LIKE "x%"', 'x%', "SELECT 1 FROM t WHERE a NOT LIKE 'x%'"],
    ['SELECT 1 FROM t WHERE a IN ("y", "x")', 'x', `SELECT 1 FROM t WHERE a IN ("y", 'x')`],
    ['SELECT 1 FROM t WHERE a BETWEEN 1 AND "x"', 'x', "SELECT 1 FROM t WHERE a BETWEEN 1 AND 'x'"],
    [`SELECT '= "x"' FROM t WHERE a="it's"`, "it's", `SELECT '= "x"' FROM t WHERE a='it''s'`],
  ])('%s', (sql, name, expected) => {
    expect(readAsString(sql, name)).toBe(expected);
  });

  it.each([
    'SELECT "x" FROM t',
    'SELECT a, "x" FROM t',
    'SELECT f("x") FROM t',
    `SELECT 1 FROM t WHERE "x" = 'y'`,
    'SELECT 1 FROM t WHERE a = "x".b',
    'SELECT a FROM t ORDER BY "x"',
  ])('stays a name in %s', (sql) => {
    expect(readAsString(sql, 'x')).toBeNull();
  });
});
