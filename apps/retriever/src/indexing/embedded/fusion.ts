import { fusionK } from '../schema-index.js';

/** Reciprocal rank fusion of lists of ids, best first, as Qdrant fuses: an id of rank r, from 0, gains 1 / (k + r) a list. */
export function fuse(lists: readonly (readonly number[])[]): Map<number, number> {
  const scores = new Map<number, number>();
  for (const list of lists)
    for (const [rank, id] of list.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (fusionK + rank));
  return new Map([...scores].sort(([a, x], [b, y]) => y - x || a - b));
}
