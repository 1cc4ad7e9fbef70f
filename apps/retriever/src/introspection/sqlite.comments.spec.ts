import { describe, expect, it } from '@jest/globals';
import { readSqliteComments } from './sqlite.comments.js';

describe('comments in CREATE TABLE', () => {
  it('tells the table and its columns apart', () => {
    const comments = readSqliteComments(
      [
        'CREATE TABLE orders ( -- what was bought',
        '  id INTEGER PRIMARY KEY,',
        `  "ship to" TEXT DEFAULT '--', -- where it went`,
        '  total REAL -- in euro',
        ')',
      ].join('\n'),
    );
    expect(comments.table).toBe('what was bought');
    expect(Object.fromEntries(comments.columns)).toEqual({ 'ship to': 'where it went', total: 'in euro' });
  });
});
