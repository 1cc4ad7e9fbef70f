import { describe, expect, it } from '@jest/globals';
import { bootstrapInterval } from './bootstrap.js';
import { compareRuns, mcNemarExact } from './paired-comparison.js';

const verdicts = (correct: number, all: number) => Array.from({ length: all }, (_, at) => at < correct);

describe('bootstrapInterval', () => {
  it('comes near the normal approximation for a share', () => {
    const { low, high } = bootstrapInterval(verdicts(600, 1000).map(Number), { seed: 3, resamples: 1000 });
    const margin = 1.96 * Math.sqrt((0.6 * 0.4) / 1000);
    expect(low).toBeCloseTo(0.6 - margin, 2);
    expect(high).toBeCloseTo(0.6 + margin, 2);
  });

  it('is the same for the same seed', () => {
    const values = verdicts(3, 10).map(Number);
    expect(bootstrapInterval(values, { seed: 1 })).toEqual(bootstrapInterval(values, { seed: 1 }));
    expect(bootstrapInterval([1, 1, 1])).toMatchObject({ low: 1, high: 1 });
    expect(bootstrapInterval([])).toMatchObject({ low: 0, high: 0 });
  });
});

describe('mcNemarExact', () => {
  it('gives the binomial probability', () => {
    expect(mcNemarExact(0, 0)).toBe(1);
    expect(mcNemarExact(0, 5)).toBeCloseTo(2 / 32, 12);
    expect(mcNemarExact(1, 9)).toBeCloseTo((2 * (1 + 10)) / 1024, 12);
    expect(mcNemarExact(4, 4)).toBe(1);
    expect(mcNemarExact(400, 600)).toBeLessThan(1e-9);
  });
});

describe('compareRuns', () => {
  it('looks at the questions that only one run answers', () => {
    const first = [true, true, false, false, ...verdicts(50, 50)];
    const second = [true, false, true, true, ...verdicts(50, 50)];
    expect(compareRuns(first, second)).toMatchObject({
      onlyFirstCorrect: 1,
      onlySecondCorrect: 2,
      significant: false,
    });
  });

  it('finds a real difference and its size', () => {
    const result = compareRuns(verdicts(600, 1000), verdicts(640, 1000), { resamples: 1000 });
    expect(result).toMatchObject({ difference: 0.04, significant: true });
    expect(result.interval.low).toBeGreaterThan(0.02);
    expect(result.interval.high).toBeLessThan(0.06);
  });

  it('refuses runs of different length', () => {
    expect(() => compareRuns([true], [])).toThrow(RangeError);
  });
});
