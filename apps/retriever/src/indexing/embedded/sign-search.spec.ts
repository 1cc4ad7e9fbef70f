import { expect, it } from '@jest/globals';
import { nearestBySigns, type SignChunk } from './sign-search.js';

const words = 3;

/** Numbers that are alike in each run. */
function* numbers(): Generator<number> {
  for (let state = 1; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

function differing(a: Uint32Array, b: Uint32Array): number {
  return a.reduce(
    (sum, word, at) => sum + ((word ^ (b[at] ?? 0)) >>> 0).toString(2).replaceAll('0', '').length,
    0,
  );
}

it('finds those with the fewest other signs, over all chunks', () => {
  const random = numbers();
  const some = () => Uint32Array.from({ length: words }, () => random.next().value as number);
  const units = Array.from({ length: 500 }, (_, at) => ({ id: at * 7 + 1, signs: some() }));
  const asked = some();
  const chunks = [units.slice(0, 300), units.slice(300), []].map((part): SignChunk => ({
    ids: Uint32Array.from(part.map(({ id }) => id)),
    signs: Uint32Array.from(part.flatMap(({ signs }) => [...signs])),
  }));
  const distance = new Map(units.map(({ id, signs }) => [id, differing(signs, asked)]));
  const sorted = [...distance.values()].sort((a, b) => a - b);
  for (const count of [1, 10, 499, 500, 900]) {
    const found = nearestBySigns(chunks, asked, count).map((id) => distance.get(id)!);
    expect(found.sort((a, b) => a - b)).toEqual(sorted.slice(0, count));
  }
  expect(nearestBySigns([], asked, 5)).toEqual([]);
  expect(nearestBySigns(chunks, asked, 0)).toEqual([]);
});
