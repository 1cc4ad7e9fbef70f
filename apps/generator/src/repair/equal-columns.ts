import type { QueryBlock, Source } from '#shared/sql/query-block';
import type { View } from './mend.js';

/** The first of the sources, where the conditions of inner joins say that their columns of that name are one. */
export function equalOwner(
  owners: readonly Source[],
  key: string,
  block: QueryBlock,
  view: View,
): Source | null {
  const linked = new Set(owners.slice(0, 1));
  for (let grown = true; grown;) {
    grown = false;
    for (const pair of equations(block, view)) {
      if (!pair.every((side) => side.key === key && side.source)) continue;
      const [one, other] = pair.map(({ source }) => source);
      if (!one || !other || linked.has(one) === linked.has(other)) continue;
      linked.add(one).add(other);
      grown = true;
    }
  }
  return owners.every((owner) => linked.has(owner)) ? (owners[0] ?? null) : null;
}

/** The two sides of conditions `a.x = b.y`. */
export function equations(block: QueryBlock, view: View) {
  const { rules } = view.schema;
  return block.sources.flatMap((joined) => {
    const sides = block.references.filter(({ source }) => source === joined && joined.join === 'inner');
    return sides.length === 2
      ? [
          sides.map(({ qualifier, name }) => ({
            key: rules.ofToken(name),
            source: block.sources.find(
              (source) => qualifier && view.resolver.nameOf(source) === rules.ofTable(qualifier),
            ),
          })),
        ]
      : [];
  });
}
