import { describe, expect, it } from '@jest/globals';
import { FairShares } from './fair-shares.js';

describe('the share of a datasource', () => {
  it('is half of the places, and never none', () => {
    const shares = new FairShares(5);
    expect(['a', 'a', 'a', 'b', 'b', 'b'].map((id) => shares.enter(id))).toEqual([
      ...[true, true, false],
      ...[true, true, false],
    ]);
    shares.leave('a');
    expect(shares.enter('a')).toBe(true);
    expect(new FairShares(1).enter('a')).toBe(true);
  });

  it('lets those that were sent away come one after the other', () => {
    const shares = new FairShares(2);
    const delays = Array.from({ length: 50 }, () => shares.delayMs(1_000));
    expect(delays[0]).toBe(100);
    expect(new Set(delays).size).toBe(50);
    expect(shares.delayMs(60_000)).toBe(100);
  });
});
