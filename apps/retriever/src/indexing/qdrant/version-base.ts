import type { MarkerPayload, VersionLists } from './point.js';

/** Of the points of a version, the part that may differ from its base: more of them make a version that stands by itself. */
const differing = 0.25;

/** What the points of a part list, by their ids. */
export type Existing = ReadonlyMap<string, VersionLists>;

/**
 * The version that differs least from what is wanted: a new one then writes to points that differ alone. Null where they are
 * too many: a base and what is left of it stays as long as a version has it.
 * @param ready versions that are complete
 */
export function chooseBase(
  wanted: ReadonlyMap<string, unknown>,
  existing: Existing,
  ready: readonly MarkerPayload[],
): string | null {
  let [best, least] = [null as string | null, wanted.size * differing];
  // All points of a base list it, whatever its own marker says, as long as a version has it.
  for (const version of new Set(ready.map(({ base, versions: [own] }) => base ?? own))) {
    const members = [...existing].filter(([, { versions }]) => versions.includes(version));
    const shared = members.filter(([id]) => wanted.has(id)).length;
    const others = members.length - shared + (wanted.size - shared);
    if (others <= least) [best, least] = [version, others];
  }
  return best;
}
