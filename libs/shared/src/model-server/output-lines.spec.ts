import { describe, expect, it } from '@jest/globals';
import { outputLines, statementOf } from './output-lines.js';

describe('outputLines', () => {
  it('gives a line a question, blank ones too', () => {
    expect(outputLines('a\r\n\r\nb\r\n', 3)).toEqual(['a', '', 'b']);
    expect(outputLines('a\n', 2)).toEqual(['a', '']);
    expect(outputLines('a\nb\n\n\n', 2)).toEqual(['a', 'b']);
  });

  it('takes blank lines for separators only where every question has a line without them', () => {
    expect(outputLines('a\nb\n\nc\n', 3)).toEqual(['a', 'b', 'c']);
    expect(outputLines('a\n\nc\nd\n', 2)).toHaveLength(4);
  });
});

describe('statementOf', () => {
  it('ends at the tab before the name of the database', () => {
    expect(statementOf('\tSELECT 1 \tpets')).toBe('SELECT 1');
  });
});
