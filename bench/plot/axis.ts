/** Numbers on a line of the picture. */
export interface Axis {
  /** Where a value lies, in pixels. */
  at(value: number): number;
  /** Values that get a line and a number. */
  ticks: number[];
}

export type ScaleKind = 'linear' | 'log';

/** An axis from one pixel to another that holds all values; the ends lie on ticks. */
export function axisOf(
  kind: ScaleKind,
  values: readonly number[],
  [from, to]: readonly [number, number],
): Axis {
  const ticks = kind === 'log' ? powersAround(values) : stepsAround(values);
  const position = kind === 'log' ? Math.log10 : (value: number) => value;
  const [low, high] = [position(ticks[0] ?? 0), position(ticks.at(-1) ?? 1)];
  return { ticks, at: (value) => from + ((position(value) - low) / (high - low)) * (to - from) };
}

/** Powers of ten; what is not above 0 has no place on the axis. */
function powersAround(values: readonly number[]): number[] {
  const { least, most } = rangeOf(values.filter((value) => value > 0));
  const low = Math.floor(Math.log10(least > 0 ? least : 1));
  const high = Math.max(low + 1, Math.ceil(Math.log10(most > 0 ? most : 10)));
  return Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at));
}

/** From 0 on, in steps of 1, 2 or 5 times a power of ten. */
function stepsAround(values: readonly number[]): number[] {
  const { most } = rangeOf(values);
  const end = most > 0 ? most : 1;
  const rough = end / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(end / step) + 1 }, (_, at) => at * step);
}

/** A loop: a long measurement has more values than a call takes arguments. */
function rangeOf(values: readonly number[]): { least: number; most: number } {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return values.length === 0 ? { least: 0, most: 0 } : { least, most };
}
