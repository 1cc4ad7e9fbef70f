/**
 * A seeded stream of pseudo-random numbers (mulberry32 over an FNV-1a hash of the seed).
 * Only integer arithmetic and square roots: the same numbers on every platform. Each table draws from a
 * stream of its own, so that a change to one table leaves the others as they were.
 */
export class Random {
  private state: number;

  constructor(seed: string) {
    let hash = 0x811c9dc5;
    for (const character of seed) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    this.state = hash >>> 0;
  }

  /** Evenly in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** Evenly among the integers from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return at(items, Math.floor(this.next() * items.length));
  }

  /** The front of the list is drawn far more often than its end: half of the draws hit the first 28 %. */
  pickSkewed<T>(items: readonly T[]): T {
    const draw = this.next();
    return at(items, Math.floor(draw * (0.1 + 0.9 * draw) * items.length));
  }

  pickWeighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries<number>(weights) as [T, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of entries) {
      left -= weight;
      if (left < 0) return item;
    }
    return at(entries, entries.length - 1)[0];
  }

  /** Bell-shaped around the middle of the range: the mean of three even draws. */
  bell(low: number, high: number): number {
    return low + ((this.next() + this.next() + this.next()) / 3) * (high - low);
  }

  /** Different items, in the order drawn. */
  sample<T>(items: readonly T[], count: number): T[] {
    const left = [...items];
    return Array.from({ length: Math.min(count, left.length) }, () => {
      const index = Math.floor(this.next() * left.length);
      const item = at(left, index);
      left.splice(index, 1);
      return item;
    });
  }
}

export function at<T>(items: readonly T[], index: number): T {
  if (index < 0 || index >= items.length) throw new RangeError(`no item ${index} among ${items.length}`);
  return items[index] as T;
}

export function money(amount: number): number {
  return Math.round(amount * 100) / 100;
}
