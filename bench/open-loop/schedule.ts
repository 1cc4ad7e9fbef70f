export const spacings = ['poisson', 'constant'] as const;
export type Spacing = (typeof spacings)[number];

/** A stretch of time with one rate of arrivals. */
export interface Phase {
  perSecond: number;
  seconds: number;
}

/**
 * When each question arrives, in milliseconds from the start, whatever becomes of those before it: that is what makes the
 * loop open. `poisson` draws the gaps from an exponential distribution, as independent askers make them; `constant` has all
 * gaps alike.
 * @param random numbers from 0 (inclusive) to 1 (exclusive)
 */
export function* arrivalTimes(
  phases: readonly Phase[],
  spacing: Spacing,
  random: () => number,
): Generator<number> {
  let start = 0;
  for (const { perSecond, seconds } of phases) {
    const end = start + seconds * 1_000;
    const meanGap = 1_000 / perSecond;
    const gap = () => (spacing === 'constant' ? meanGap : -Math.log(1 - random()) * meanGap);
    // The first one of equal gaps comes at once, of random ones after a gap.
    for (let at = spacing === 'constant' ? start : start + gap(); at < end; at += gap()) yield at;
    start = end;
  }
}
