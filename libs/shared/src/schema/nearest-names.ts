/** The names nearest to `name`, best first: equal but for case or underscores, contained, or few edits away. */
export function nearestNames(name: string, candidates: Iterable<string>, count = 3): string[] {
  const wanted = plain(name);
  const most = Math.max(1, Math.floor(wanted.length / 3));
  const scored: { candidate: string; distance: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const distance = distanceBetween(wanted, plain(candidate), most);
    if (distance <= most) scored.push({ candidate, distance });
  }
  scored.sort((a, b) => a.distance - b.distance || a.candidate.length - b.candidate.length);
  return scored.slice(0, count).map(({ candidate }) => candidate);
}

/** Whether two words are one but for a typing error or two: one for each three letters, none in words of one or two. */
export function isMisspelt(word: string, other: string): boolean {
  const [one, two] = [plain(word), plain(other)];
  if (one === two) return true;
  const most = Math.floor(Math.min(one.length, two.length) / 3);
  return Math.abs(one.length - two.length) <= most && editDistance(one, two, most) <= most;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Exact up to `most`; else any number above it. */
function distanceBetween(a: string, b: string, most: number): number {
  if (a === b) return 0;
  if (a.length >= 4 && b.length >= 4 && (a.includes(b) || b.includes(a))) return 1;
  return Math.abs(a.length - b.length) > most ? most + 1 : editDistance(a, b, most);
}

/**
 * Levenshtein's distance with neighbours swapped counted once, over UTF-16 units; above `most` any number above it. Only
 * cells within `most` of the diagonal count, and it ends where none of them is near: schemas have ten thousands of names.
 */
function editDistance(a: string, b: string, most: number): number {
  const far = most + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row: number[] = above.map(() => far);
    let least = (row[0] = i);
    const end = i + most < b.length ? i + most : b.length;
    for (let j = i > most ? i - most : 1; j <= end; j += 1) {
      let cell = (above[j - 1] ?? far) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const removed = (above[j] ?? far) + 1;
      const added = (row[j - 1] ?? far) + 1;
      if (removed < cell) cell = removed;
      if (added < cell) cell = added;
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        const swapped = (before[j - 2] ?? far) + 1;
        if (swapped < cell) cell = swapped;
      }
      row[j] = cell;
      if (cell < least) least = cell;
    }
    if (least > most) return far;
    before = above;
    above = row;
  }
  return above[b.length] ?? far;
}
