import { describe, expect, it } from '@jest/globals';
import { preferredWait } from './preferences.js';

describe('Prefer: wait', () => {
  it.each([
    ['wait=10', 10],
    ['respond-async, wait=5', 5],
    ['wait="7"; foo', 7],
    ['wait=99999', 300],
    ['await=3', 0],
    ['wait=-1', 0],
    [undefined, 0],
  ])('%s is %i seconds', (header, seconds) => {
    expect(preferredWait(header)).toBe(seconds);
  });
});
