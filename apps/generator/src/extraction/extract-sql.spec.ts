import { describe, expect, it } from '@jest/globals';
import { extractSql } from './extract-sql.js';

describe('taking the SQL out of a reply', () => {
  const cases: [string, string, string | null][] = [
    ['a bare statement', 'SELECT 1', 'SELECT 1'],
    ['a fence', 'Here you are:\n```sql\nSELECT a\nFROM t;\n```\nHope it helps.', 'SELECT a\nFROM t'],
    ['a fence without a language', '```\nselect 1\n```', 'select 1'],
    ['a fence that never ends', '```sql\nSELECT a FROM t', 'SELECT a FROM t'],
    ['a fence on one line', '```sql SELECT 1```', 'SELECT 1'],
    [
      'the first fence that holds SQL',
      '```json\n{}\n```\n```sql\nSELECT 2\n```\n```sql\nSELECT 3\n```',
      'SELECT 2',
    ],
    ['reasoning before it', '<think>SELECT wrong</think>\nSELECT 1', 'SELECT 1'],
    [
      'reasoning that the chat template began',
      'Draft:\n```sql\nSELECT 0\n```\n</think>\nSELECT 1',
      'SELECT 1',
    ],
    [
      'reasoning that is thought twice',
      '<think>a</think>\n<thinking>SELECT 0</thinking>SELECT 1',
      'SELECT 1',
    ],
    ['reasoning that never ends', '<think>\n```sql\nSELECT 0\n```', null],
    ['reasoning in brackets', '[THINK]SELECT 0[/THINK]SELECT 1', 'SELECT 1'],
    ['a stray end of reasoning', 'SELECT 1\n</think>', 'SELECT 1'],
    ['a tag in a literal', "SELECT '<think>', '</think>'", "SELECT '<think>', '</think>'"],
    ['a fence in a fence', '````\n```sql\nSELECT 1\n```\n````', 'SELECT 1'],
    ['a fence that begins on the line of its language', '```sql SELECT 1\nFROM t```', 'SELECT 1\nFROM t'],
    ['a fence of tildes', '~~~sql\nSELECT 1\n~~~', 'SELECT 1'],
    ['a fence in a list', '1. So:\n   ```SQL\n   SELECT 1\n   ```', 'SELECT 1'],
    ['backquotes', 'SELECT `a;b` FROM t; SELECT 2', 'SELECT `a;b` FROM t'],
    ['prose that begins as a statement does', 'With this query you get it: SELECT 1', 'SELECT 1'],
    ['a heading after it', 'SELECT 1\n\nExplanation: it counts.', 'SELECT 1'],
    ['blank lines in it', 'SELECT a\n\nFrom t\n\nWHERE x = 1', 'SELECT a\n\nFrom t\n\nWHERE x = 1'],
    ['prose before it', 'The query is:\nSELECT name FROM t WHERE x = 1;', 'SELECT name FROM t WHERE x = 1'],
    ['a label', 'SQL: SELECT 1', 'SELECT 1'],
    ['prose after it', 'SELECT 1\n\nThis query returns one.', 'SELECT 1'],
    ['several statements', "SELECT ';' AS a; SELECT 2", "SELECT ';' AS a"],
    ['a semicolon in a comment', 'SELECT 1 -- a; b\n+ 2;', 'SELECT 1 -- a; b\n+ 2'],
    ['a comment before it', '-- counts\nSELECT 1', 'SELECT 1'],
    ['WITH', 'WITH a AS (SELECT 1) SELECT * FROM a', 'WITH a AS (SELECT 1) SELECT * FROM a'],
    ['set operations in parentheses', '(SELECT 1) UNION (SELECT 2)', '(SELECT 1) UNION (SELECT 2)'],
    ['no SQL', 'I cannot answer that question.', null],
    ['a sentence with the word', 'You could select another table.', null],
    ['nothing', '', null],
  ];

  it.each(cases)('handles %s', (_, reply, expected) => {
    expect(extractSql(reply)).toBe(expected);
  });

  it.each([
    '`',
    '```\n',
    ' ',
    '\n',
    ': ',
    '/*',
    "'",
    '<think>',
    '</think> ',
    '\n(',
    '\nwith x ',
    '\nwith x (',
    'with x as (',
    '--\n',
    ';',
  ])('takes little time for a reply that repeats %j', (piece) => {
    const started = performance.now();
    for (const start of ['', 'SELECT 1 ', 'It is: ', '```sql\nSELECT 1'])
      extractSql(start + piece.repeat(1e6 / piece.length));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
