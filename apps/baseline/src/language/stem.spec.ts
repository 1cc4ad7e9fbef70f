import { describe, expect, it } from '@jest/globals';
import { stem } from './stem.js';

describe('stem', () => {
  it.each([
    ['countries', 'country'],
    ['ratings', 'rate'],
    ['boxes', 'box'],
    ['people', 'person'],
    ['stopped', 'stop'],
    ['buildings', 'building'],
    ['employees', 'employee'],
    ['dates', 'date'],
  ])('brings %s and %s together', (a, b) => {
    expect(stem(a)).toBe(stem(b));
  });

  it.each([
    ['status', 'statu'],
    ['class', 'clas'],
    ['string', 'str'],
    ['bed', 'b'],
  ])('does not cut %s to %s', (word, cut) => {
    expect(stem(word)).not.toBe(cut);
  });
});
