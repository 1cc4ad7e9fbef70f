import { describe, expect, it } from '@jest/globals';
import { UnreadableStatement } from './query-block.js';
import { readStatement } from './read-statement.js';
import { nameOf } from './sql-tokens.js';

/** Each block as `sources: references`. */
function summary(sql: string): string[] {
  return readStatement(sql).blocks.map(({ sources, references }) => {
    const from = sources.map(({ table, alias }) =>
      [table ? nameOf(table) : '()', ...(alias ? [nameOf(alias)] : [])].join(' '),
    );
    const names = references.map(({ qualifier, name }) =>
      [...(qualifier ? [nameOf(qualifier)] : []), nameOf(name)].join('.'),
    );
    return `${from.join(', ')}: ${names.join(' ')}`;
  });
}

describe('the blocks of a statement', () => {
  it.each([
    [
      'joins and clauses',
      'SELECT a.x, y FROM t AS a LEFT JOIN u ON a.i = u.i WHERE z > 1 GROUP BY y HAVING count(*) > 2 ORDER BY w DESC LIMIT 3',
      ['t a, u: a.x y a.i u.i z y w'],
    ],
    [
      'commas and aliases without AS',
      'select x n from t a, "u v" b where a.i=b.i',
      ['t a, u v b: x a.i b.i'],
    ],
    [
      'subqueries',
      'SELECT x FROM t WHERE y IN (SELECT z FROM u WHERE u.a = t.a)',
      ['t: x y', 'u: z u.a t.a'],
    ],
    ['subqueries in FROM', 'SELECT s.x FROM (SELECT x FROM t) AS s', ['() s: s.x', 't: x']],
    ['set operations', '(SELECT a FROM t) UNION ALL SELECT b FROM u ORDER BY 1', ['t: a', 'u: b']],
    ['common table expressions', 'WITH c AS (SELECT x FROM t) SELECT c.x FROM c', ['t: x', 'c: c.x']],
    [
      'calls and types',
      "SELECT CAST(a AS VARCHAR(10)), b::int, EXTRACT(YEAR FROM d), DATE '2020-01-01' FROM t",
      ['t: a b d'],
    ],
    [
      'conditions',
      "SELECT CASE WHEN a IS NULL THEN 'x' ELSE b END AS c FROM t WHERE d BETWEEN e AND f",
      ['t: a b d e f'],
    ],
    ['windows', 'SELECT rank() OVER (PARTITION BY a ORDER BY b DESC) r FROM t', ['t: a b']],
    ['comments', 'SELECT a -- b FROM x\n/* c */ FROM t', ['t: a']],
  ])('have their sources and columns: %s', (_, sql, expected) => {
    expect(summary(sql)).toEqual(expected);
  });

  it('have the places of their parts', () => {
    const sql = 'SELECT x, count(*) AS n FROM t WHERE a = 1 GROUP BY x ORDER BY n LIMIT 1';
    const [block] = readStatement(sql).blocks;
    const text = (span: { start: number; end: number } | null | undefined) =>
      span && sql.slice(span.start, span.end);
    expect([text(block?.where), text(block?.group), text(block?.order), text(block?.limit)]).toEqual([
      'a = 1',
      'x',
      'n',
      'LIMIT 1',
    ]);
    expect(block?.items.map(text)).toEqual(['x', 'count(*)']);
    expect(sql.slice(0, block?.fromEnd)).toBe('SELECT x, count(*) AS n FROM t');
  });

  it.each([
    '',
    'SELECT',
    'SELECT a FROM',
    'SELECT a b c FROM t',
    'SELECT (a FROM t',
    'DELETE FROM t',
    'SELECT a FROM t WHERE',
    'SELECT a FROM t JOIN u WHERE x = 1 JOIN v',
    "SELECT 'a",
  ])('are refused where the text is none: %j', (sql) => {
    try {
      for (const name of summary(sql)) expect(name).not.toContain('undefined');
    } catch (error) {
      expect(error).toBeInstanceOf(UnreadableStatement);
    }
  });

  it('end in time on what is made to be hard', () => {
    const texts = [
      '('.repeat(16_000),
      `SELECT ${'('.repeat(8_000)}`,
      `SELECT ${'a,'.repeat(8_000)}a FROM t`,
      'SELECT a FROM (SELECT '.repeat(700),
    ];
    for (const sql of texts) {
      const from = performance.now();
      try {
        readStatement(sql);
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableStatement);
      }
      expect(performance.now() - from).toBeLessThan(1_000);
    }
  });
});
