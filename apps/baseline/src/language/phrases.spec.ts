import { describe, expect, it } from '@jest/globals';
import { measuresOf } from './adjectives.js';
import { operatorOf, opposite } from './comparatives.js';
import { areSynonyms } from './synonyms.js';

describe('comparatives', () => {
  it.each([
    ['more than', '>'],
    ['no more than', '<='],
    ['at least', '>='],
    ['before', '<'],
    ['since', '>='],
    ['exactly', '='],
  ])('reads %s as %s', (text, operator) => {
    expect(operatorOf(text)).toBe(operator);
  });

  it('turns every operator round and back', () => {
    for (const operator of ['=', '!=', '<', '<=', '>', '>=', 'LIKE', 'NOT LIKE'] as const)
      expect(opposite(opposite(operator))).toBe(operator);
  });
});

describe('adjectives', () => {
  it('measures age forwards and birth backwards', () => {
    const oldest = measuresOf('oldest');
    expect(oldest.find(({ name }) => name === 'age')?.greatest).toBe(true);
    expect(oldest.find(({ name }) => name === 'birth')?.greatest).toBe(false);
    expect(measuresOf('youngest').find(({ name }) => name === 'birth')?.greatest).toBe(true);
  });

  it('knows nothing of other words', () => {
    expect(measuresOf('blue')).toEqual([]);
  });
});

describe('synonyms', () => {
  it('holds both ways and only within a group', () => {
    expect(areSynonyms('car', 'vehicl')).toBe(true);
    expect(areSynonyms('vehicl', 'car')).toBe(true);
    expect(areSynonyms('car', 'city')).toBe(false);
  });
});
