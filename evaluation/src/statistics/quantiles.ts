export interface Quantiles {
  p50: number;
  p95: number;
  p99: number;
}

/** Nearest-rank quantiles; null of no values. */
export function quantilesOf(values: readonly number[]): Quantiles | null {
  return ranksOf(values, { p50: 0.5, p95: 0.95, p99: 0.99 });
}

/** The values of the nearest ranks to shares from 0 to 1, by the names of the shares; null of no values. */
export function ranksOf<N extends string>(
  values: readonly number[],
  shares: Readonly<Record<N, number>>,
): Record<N, number> | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  const ranks = Object.entries<number>(shares).map(([name, share]) => [name, at(share)]);
  return Object.fromEntries(ranks) as Record<N, number>;
}

/** Null of no values. */
export function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
