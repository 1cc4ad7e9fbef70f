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
export function nearestBySigns(chunks: Iterable<SignChunk>, asked: Uint32Array, count: number): number[] {
  const compared: { ids: Uint32Array; distances: Uint16Array }[] = [];
  const atDistance = new Uint32Array(asked.length * 32 + 1);
  for (const { ids, signs } of chunks) {
    const distances = distancesOf(signs, asked, ids.length);
    for (const distance of distances) atDistance[distance] = (atDistance[distance] ?? 0) + 1;
    compared.push({ ids, distances });
  }
  let farthest = -1;
  for (let within = 0; within < count && farthest + 1 < atDistance.length;) {
    farthest += 1;
    within += atDistance[farthest] ?? 0;
  }
  const near: number[] = [];
  const last: number[] = [];
  for (const { ids, distances } of compared)
    for (const [at, distance] of distances.entries())
      if (distance <= farthest) (distance < farthest ? near : last).push(ids[at] ?? 0);
  return [...near, ...last].slice(0, count);
}

function distancesOf(signs: Uint32Array, asked: Uint32Array, units: number): Uint16Array {
  const distances = new Uint16Array(units);
  for (let unit = 0, from = 0; unit < units; unit += 1, from += asked.length) {
    let differing = 0;
    for (let at = 0; at < asked.length; at += 1)
      differing += bitsOf((signs[from + at] ?? 0) ^ (asked[at] ?? 0));
    distances[unit] = differing;
  }
  return distances;
}

/** How many bits are set: sums of pairs, of fours, of bytes. Warren, Hacker's Delight, 5-1. */
function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
