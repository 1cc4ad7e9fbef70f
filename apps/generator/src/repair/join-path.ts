import type { ForeignKey } from '#shared/contracts/snapshot';
import type { NamedTable, SchemaNames } from '#shared/sql/schema-names';

/** One step along a foreign key, in whichever direction. */
export interface Hop {
  from: NamedTable;
  to: NamedTable;
  /** Pairs of columns that are equal: of `from`, of `to`. */
  pairs: readonly (readonly [string, string])[];
  /** `to` holds the key: a row of `from` has many of it. */
  down: boolean;
}

const furthest = 3;

/**
 * The shortest way along foreign keys from one of the tables to another; null where there is none, or several of the
 * same length.
 */
export function joinPath(schema: SchemaNames, from: readonly NamedTable[], to: NamedTable): Hop[] | null {
  let heads: { path: Hop[]; at: NamedTable }[] = [...new Set(from)].map((at) => ({ path: [], at }));
  const seen = new Set(from);
  for (let length = 0; length < furthest; length += 1) {
    heads = heads.flatMap(({ path, at }) =>
      hopsFrom(schema, at)
        .filter((hop) => !seen.has(hop.to) && !isDetour(path.at(-1), hop))
        .map((hop) => ({ path: [...path, hop], at: hop.to })),
    );
    const [arrived, ...others] = heads.filter(({ at }) => at === to);
    if (arrived) return others.length === 0 ? arrived.path : null;
    for (const { at } of heads) seen.add(at);
  }
  return null;
}

/** Up to what several rows share and down to other rows that share it: they have nothing else in common. */
function isDetour(before: Hop | undefined, { down }: Hop): boolean {
  return before !== undefined && !before.down && down;
}

/** The only key between two tables; null where there is none, or several. */
export function hopBetween(schema: SchemaNames, from: NamedTable, to: NamedTable): Hop | null {
  const [hop, ...others] = hopsTo(schema, from, to);
  return hop && others.length === 0 ? hop : null;
}

function hopsFrom(schema: SchemaNames, from: NamedTable): Hop[] {
  return [...schema.tables.values()].flatMap((to) => (to === from ? [] : hopsTo(schema, from, to)));
}

function hopsTo(schema: SchemaNames, from: NamedTable, to: NamedTable): Hop[] {
  return schema.keysBetween(from, to).map(({ from: holder, key }) => ({
    from,
    to,
    down: holder === to,
    pairs: pairsOf(key).map(([own, other]): [string, string] =>
      holder === from ? [own, other] : [other, own],
    ),
  }));
}

function pairsOf({ columns, referencedColumns }: ForeignKey): [string, string][] {
  return columns.map((column, index) => [column, referencedColumns[index] ?? column]);
}
