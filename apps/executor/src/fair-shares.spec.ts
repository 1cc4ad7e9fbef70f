import { describe, expect, it } from '@jest/globals';
import { FairShares } from './fair-shares.js';

describe('the share of a datasource', () => {
  it('is half of the places, and never none', async () => {
    const shares = new FairShares(5);
    const entered = await Promise.all(['a', 'a', 'a', 'b', 'b', 'b'].map((id) => shares.enter(id)));
    expect(entered).toEqual([...[true, true, false], ...[true, true, false]]);
    shares.leave('a');
    expect(await shares.enter('a')).toBe(true);
    expect(await new FairShares(1).enter('a')).toBe(true);
  });

  it('goes over to those that wait a moment, in their order', async () => {
    const shares = new FairShares(2);
    await shares.enter('a');
    const order: string[] = [];
    const waiting = ['first', 'second'].map(async (name) => {
      if (await shares.enter('a')) order.push(name);
    });
    shares.leave('a');
    await waiting[0];
    expect(order).toEqual(['first']);
    shares.leave('a');
    await waiting[1];
    expect(order).toEqual(['first', 'second']);
    expect(await shares.enter('a')).toBe(false);
    shares.leave('a');
    expect(await shares.enter('a')).toBe(true);
  });

  it('lets those that were sent away come one after the other', () => {
    const shares = new FairShares(2);
    const delays = Array.from({ length: 50 }, () => shares.delayMs(1_000));
    expect(delays[0]).toBe(100);
    expect(new Set(delays).size).toBe(50);
    expect(shares.delayMs(60_000)).toBe(100);
  });
});
