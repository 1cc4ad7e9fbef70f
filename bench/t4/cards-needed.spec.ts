import { expect, it } from '@jest/globals';
import { cardsNeeded } from './cards-needed.js';
import { t4 } from './speed.js';

const demand = { perMinute: 60, prompt: 800, cached: 0, reply: 34, attempts: 1, batch: 1, utilisation: 0.5 };

it('counts the seconds of reading and writing', () => {
  // 800 tokens at 400 a second and 34 at 34: 3 s, so 10 a minute at half of the time.
  expect(cardsNeeded(t4, demand)).toEqual({ seconds: 3, perMinuteAndCard: 10, cards: 6 });
  expect(cardsNeeded(t4, { ...demand, perMinute: 61 }).cards).toBe(7);
  expect(cardsNeeded(t4, { ...demand, cached: 400 }).seconds).toBe(2);
  expect(cardsNeeded(t4, { ...demand, attempts: 1.5 }).seconds).toBe(4.5);
});

it('writes several replies at a time for less, and reads them for the same', () => {
  const { seconds } = cardsNeeded(t4, { ...demand, batch: 8 });
  expect(seconds).toBeCloseTo(2 + 8 ** -0.7);
  const free = { ...t4, batchGrowth: 0 };
  expect(cardsNeeded(free, { ...demand, batch: 8 }).seconds).toBeCloseTo(3);
});
