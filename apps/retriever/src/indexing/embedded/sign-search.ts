/** Units of one kind whose ids follow each other, with the signs of their vectors. */
export interface SignChunk {
  ids: Uint32Array;
  /** As many words of 32 signs a unit as the question has. */
  signs: Uint32Array;
}

/**
 * Ids of the units whose vectors point most nearly where the question's does, by the number of components with another sign:
 * candidates for an exact comparison. Each chunk is looked at once, whatever the count.
 */
export function nearestBySigns(chunks: readonly SignChunk[], asked: Uint32Array, count: number): number[] {
  const atDistance = new Uint32Array(asked.length * 32 + 1);
  const compared = chunks.map(({ ids, signs }) => ({
    ids,
    distances: distancesOf(signs, asked, ids.length, atDistance),
  }));
  let farthest = -1;
  for (let within = 0; within < count && farthest + 1 < atDistance.length;) {
    farthest += 1;
    within += atDistance[farthest] ?? 0;
  }
  const near: number[] = [];
  const last: number[] = [];
  for (const { ids, distances } of compared)
    for (let at = 0; at < ids.length; at += 1) {
      const distance = distances[at] ?? 0;
      if (distance <= farthest) (distance < farthest ? near : last).push(ids[at] ?? 0);
    }
  return [...near, ...last].slice(0, count);
}

/** @param atDistance counts how many units are so far */
function distancesOf(
  signs: Uint32Array,
  asked: Uint32Array,
  units: number,
  atDistance: Uint32Array,
): Uint16Array {
  const distances = new Uint16Array(units);
  for (let unit = 0, from = 0; unit < units; unit += 1, from += asked.length) {
    let differing = 0;
    for (let at = 0; at < asked.length; at += 1)
      differing += bitsOf((signs[from + at] ?? 0) ^ (asked[at] ?? 0));
    distances[unit] = differing;
    atDistance[differing] = (atDistance[differing] ?? 0) + 1;
  }
  return distances;
}

/** How many bits are set: sums of pairs, of fours, of bytes. Warren, Hacker's Delight, 5-1. */
function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
