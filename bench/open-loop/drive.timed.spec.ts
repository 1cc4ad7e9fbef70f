import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { latencyOf, type Outcome } from './arrival.js';
import { drive } from './drive.js';
import { arrivalTimes } from './schedule.js';
import { seededRandom } from '../../evaluation/src/statistics/random.js';

const answered: Outcome = { kind: 'succeeded', code: '' };

describe('drive', () => {
  it('counts the wait of those that arrive while the service stands still', async () => {
    const thaw = performance.now() + 500;
    const arrivals = await drive({
      times: arrivalTimes([{ perSecond: 100, seconds: 0.5 }], 'constant', Math.random),
      ask: async () => {
        await sleep(Math.max(0, thaw - performance.now()));
        return answered;
      },
      mostOutstanding: 1_000,
    });
    expect(arrivals).toHaveLength(50);
    // A closed loop would have one slow answer. Here half of the questions waited for half of the time or longer.
    const slow = arrivals.filter((arrival) => (latencyOf(arrival) ?? 0) >= 240);
    expect(slow.length).toBeGreaterThanOrEqual(24);
  });

  it('counts from the intended time also where the tool itself is late', async () => {
    const arrivals = await drive({
      times: [0, 10, 20],
      ask: async () => {
        const blockedUntil = performance.now() + 100;
        while (performance.now() < blockedUntil);
        return answered;
      },
      mostOutstanding: 10,
    });
    expect((arrivals[2]?.sentAt ?? 0) - (arrivals[2]?.at ?? 0)).toBeGreaterThanOrEqual(150);
    expect(latencyOf(arrivals[2]!)).toBeGreaterThanOrEqual(250);
  });

  it('sends no more than it may have outstanding, and counts the others', async () => {
    let unsent = 0;
    let most = 0;
    let outstanding = 0;
    const arrivals = await drive({
      times: [0, 1, 2, 3, 4],
      ask: async () => {
        most = Math.max(most, (outstanding += 1));
        await sleep(100);
        outstanding -= 1;
        return answered;
      },
      mostOutstanding: 2,
      onUnsent: () => (unsent += 1),
    });
    expect(arrivals.map(({ kind }) => kind)).toEqual([
      'succeeded',
      'succeeded',
      'unsent',
      'unsent',
      'unsent',
    ]);
    expect(arrivals[2]).toMatchObject({ sentAt: null, endedAt: null });
    expect({ most, unsent }).toEqual({ most: 2, unsent: 1 });
  });

  it('ends the schedule when it is stopped, and gives up what is outstanding after the grace', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const arrivals = await drive({
      times: [0, 50, 10_000],
      ask: (signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve({ kind: 'interrupted', code: '' })),
        ),
      mostOutstanding: 10,
      signal: stop.signal,
      graceMs: 50,
    });
    expect(arrivals.map(({ kind, endedAt }) => ({ kind, endedAt }))).toEqual([
      { kind: 'interrupted', endedAt: null },
      { kind: 'interrupted', endedAt: null },
    ]);
  });
});

describe('arrivalTimes', () => {
  it('keeps the rate of each phase, constant or at random', () => {
    const phases = [
      { perSecond: 10, seconds: 100 },
      { perSecond: 50, seconds: 100 },
    ];
    const constant = [...arrivalTimes(phases, 'constant', Math.random)];
    expect(constant.filter((at) => at < 100_000)).toHaveLength(1_000);
    expect(constant).toHaveLength(6_000);
    const poisson = [...arrivalTimes(phases, 'poisson', seededRandom(7))];
    // Four standard deviations of a Poisson count.
    expect(Math.abs(poisson.length - 6_000)).toBeLessThan(4 * Math.sqrt(6_000));
    const gaps = poisson.slice(1, 900).map((at, index) => at - (poisson[index] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    // Of an exponential distribution the two are alike.
    expect(deviation / mean).toBeGreaterThan(0.85);
    expect(deviation / mean).toBeLessThan(1.15);
  });
});
