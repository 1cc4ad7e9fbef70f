import { ranksOf } from '../../evaluation/src/statistics/quantiles.js';

/**
 * The median of the slopes between all pairs of points (Theil 1950, Sen 1968): a third of the points may be anything
 * without moving it much. Per unit of x; null of fewer than two points.
 */
export function robustSlope(points: readonly (readonly [number, number])[]): number | null {
  const slopes = points.flatMap(([x, y], at) =>
    points.slice(at + 1).map(([laterX, laterY]) => (laterY - y) / (laterX - x)),
  );
  return ranksOf(slopes, { median: 0.5 })?.median ?? null;
}

export interface Growth {
  median: number;
  /** By the slope, over the whole time that is judged. */
  grown: number;
  isGrowing: boolean;
}

/** What grows less than that share of its median, or by less than so many, over the time that is judged counts as steady. */
export interface Tolerance {
  share: number;
  amount: number;
}

/** Points as [seconds, value]. Null of fewer than two. */
export function growthOf(
  points: readonly (readonly [number, number])[],
  { share, amount }: Tolerance,
): Growth | null {
  const slope = robustSlope(points);
  const median = ranksOf(
    points.map(([, value]) => value),
    { median: 0.5 },
  )?.median;
  if (slope === null || median === undefined) return null;
  const grown = slope * ((points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0));
  return { median, grown, isGrowing: grown > Math.max(share * median, amount) };
}
