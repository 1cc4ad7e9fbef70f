import { seededRandom } from './random.js';

const { floor } = Math;

export interface Interval {
  low: number;
  high: number;
  /** Share of such intervals that hold the true value. */
  level: number;
}

export interface BootstrapOptions {
  seed?: number;
  resamples?: number;
  level?: number;
}

/**
 * Percentile bootstrap interval (Efron 1979) of the mean: the questions are drawn again with replacement, as
 * many as there are, and the middle `level` of the means is taken. For pairs, hand in their differences.
 */
export function bootstrapInterval(values: readonly number[], options: BootstrapOptions = {}): Interval {
  const { seed = 1, resamples = 5_000, level = 0.95 } = options;
  const size = values.length;
  if (size === 0) return { low: 0, high: 0, level };
  const random = seededRandom(seed);
  const sample = Float64Array.from(values);
  const means = new Float64Array(resamples);
  for (let round = 0; round < resamples; round++) {
    let sum = 0;
    for (let drawn = 0; drawn < size; drawn++) sum += sample[floor(random() * size)] ?? 0;
    means[round] = sum / size;
  }
  means.sort();
  const at = (share: number) =>
    means[Math.min(resamples - 1, Math.max(0, Math.round(share * (resamples - 1))))] ?? 0;
  return { low: at((1 - level) / 2), high: at((1 + level) / 2), level };
}
