import { describe, expect, it } from '@jest/globals';
import type { Arrival } from '../open-loop/arrival.js';
import type { Sample } from './monitor.js';
import { judgeOverload } from './overload-verdicts.js';
import { judgeSoak } from './soak-verdicts.js';

const answered = (at: number, latencyMs: number): Arrival => {
  return { at, sentAt: at, endedAt: at + latencyMs, kind: 'succeeded', code: '' };
};
const refused = (at: number, retryAfter: number | null): Arrival => {
  return { at, sentAt: at, endedAt: at + 5, kind: 'refused', code: 'too_many_queries', retryAfter };
};
const everySecond = (from: number, to: number, of: (at: number) => Arrival) =>
  Array.from({ length: to - from }, (_, second) => of((from + second) * 1_000));
const sample = (at: number, changes: Partial<Sample> = {}): Sample => ({
  ...{ at, memoryMiB: { 'gateway 1': 200 }, handles: { 'gateway 1': 80 } },
  ...{ redisKeys: 40, connections: 20, openQueries: 8, waitingJobs: 3 },
  ...changes,
});

describe('an overload from 10 to 20 s, of a service that answers 2 a second with a bound of 10', () => {
  const bounds = { maxOpen: 10, capacity: 2, from: 10, to: 20 };
  const before = everySecond(0, 10, (at) => answered(at, 1_000));
  const after = everySecond(24, 60, (at) => answered(at, 900));
  const good = {
    arrivals: [
      ...before,
      ...everySecond(10, 20, (at) => answered(at, 6_000)),
      ...everySecond(10, 20, (at) => refused(at, 2)),
      ...everySecond(20, 24, (at) => answered(at, 3_000)),
      ...after,
    ],
    samples: [sample(0), sample(15, { openQueries: 10 })],
    queries: { succeeded: 60 },
  };
  const met = (measured: typeof good) => judgeOverload(measured, bounds).map(({ isMet }) => isMet);

  it('is met with bounded queues and latencies', () => {
    expect(met(good)).toEqual([true, true, true, true, true]);
    expect(judgeOverload(good, bounds).at(-1)?.measured).toMatch(/^4 s until/);
  });

  it.each([
    ['queues without a bound', 0, { samples: [sample(15, { openQueries: 11 })] }],
    ['a refusal without Retry-After', 1, { arrivals: [...good.arrivals, refused(15_000, null)] }],
    ['no refusal at all', 1, { arrivals: good.arrivals.filter(({ kind }) => kind !== 'refused') }],
    ['an answer that took too long', 2, { arrivals: [...good.arrivals, answered(15_000, 12_001)] }],
    ['a query without an end', 3, { queries: { succeeded: 60, queued: 1 } }],
    ['refusals that go on', 4, { arrivals: [...good.arrivals, refused(31_000, 2)] }],
  ])('finds %s', (_, which, changes) => {
    const all = [true, true, true, true, true];
    expect(met({ ...good, ...changes })).toEqual(all.with(which, false));
  });
});

describe('a soak', () => {
  const arrivals = everySecond(0, 600, (at) => answered(at, 1_000));
  const samples = (of: (at: number) => Partial<Sample>) =>
    Array.from({ length: 120 }, (_, at) => sample(at * 5, of(at * 5)));
  const met = (of: (at: number) => Partial<Sample>, queries: Record<string, number> = { succeeded: 600 }) =>
    judgeSoak(arrivals, samples(of), queries).map(({ isMet }) => isMet);

  it('is met where all is steady once it has settled', () => {
    const settles = (at: number) => ({ memoryMiB: { 'gateway 1': at < 200 ? at : 200 } });
    expect(met(settles)).toEqual([true, true, true, true, true]);
  });

  it.each<[string, number, (at: number) => Partial<Sample>]>([
    ['memory', 1, (at) => ({ memoryMiB: { 'gateway 1': 200 + at / 30 } })],
    ['handles', 2, (at) => ({ handles: { 'gateway 1': 80 + at / 60 } })],
    ['Redis keys', 3, (at) => ({ redisKeys: 40 + at / 60 })],
    ['connections', 4, (at) => ({ connections: 20 + at / 60 })],
  ])('finds growth of %s', (_, which, of) => {
    expect(met(of)).toEqual([true, true, true, true, true].with(which, false));
  });

  it('finds what was lost', () => {
    expect(met(() => ({}), { succeeded: 599, executing: 1 })[0]).toBe(false);
  });
});
