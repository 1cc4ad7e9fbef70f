import { describe, expect, it } from '@jest/globals';
import { tokenise } from './tokenise.js';

const kinds = (question: string) => tokenise(question).map(({ kind, text }) => `${kind}:${text}`);

describe('tokenise', () => {
  it('tells quoted strings, numbers, dates and words apart', () => {
    expect(kinds(`Is "New York" over 1,200.5 on 2024-05-01?`)).toEqual([
      'word:Is',
      'quoted:New York',
      'word:over',
      'number:1,200.5',
      'word:on',
      'quoted:2024-05-01',
      'mark:?',
    ]);
    expect(tokenise('over $1,200.5').at(-1)?.number).toBe(1200.5);
  });

  it('takes an apostrophe within a word for no quote', () => {
    expect(kinds("the customer's 'big' order doesn't")).toEqual([
      'word:the',
      'word:customer',
      'quoted:big',
      'word:order',
      'word:does',
      'word:not',
    ]);
  });

  it('keeps codes together and knows small numbers by name', () => {
    expect(kinds('ACCT-211 has three')).toEqual(['word:ACCT-211', 'word:has', 'word:three']);
    expect(tokenise('three')[0]?.number).toBe(3);
  });

  it('spells a shared last word out', () => {
    expect(tokenise('first and last names').map(({ lower }) => lower)).toEqual([
      'first',
      'name',
      'and',
      'last',
      'name',
    ]);
  });
});
