import type { Material } from './material.js';

/** What can be left out, in the order in which it is; `keep` of each stay until the later lines are reached. */
const cutOrder = [
  { part: 'examples', keep: 0 },
  { part: 'turns', keep: 1 },
  { part: 'terms', keep: 0 },
  { part: 'values', keep: 0 },
  { part: 'tracebacks', keep: 1 },
  { part: 'turns', keep: 0 },
  { part: 'tables', keep: 1 },
] as const;
type CutPart = (typeof cutOrder)[number]['part'];

/** How many of each part were left out. */
export type Cut = Partial<Record<CutPart, number>>;

export interface Fitted {
  material: Material;
  cut: Cut;
}

/**
 * The material with as little left out as makes it fit, always whole cards, examples and turns. Null where the least
 * that a prompt can be does not fit.
 * @param fits of a material; what has less fits no worse
 */
export function cutToFit(whole: Material, fits: (material: Material) => boolean): Fitted | null {
  if (fits(whole)) return { material: whole, cut: {} };
  let low = 1;
  let high = cuttable(whole);
  if (high === 0 || !fits(without(whole, high).material)) return null;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (fits(without(whole, middle).material)) high = middle;
    else low = middle + 1;
  }
  return without(whole, low);
}

function cuttable(whole: Material): number {
  return Object.values(without(whole, Infinity).cut).reduce((sum, count) => sum + count, 0);
}

/** Leaves out so many items, each part's last ones first. */
function without(whole: Material, count: number): Fitted {
  const cut: Cut = {};
  let left = count;
  for (const { part, keep } of cutOrder) {
    const gone = Math.min(left, Math.max(0, whole[part].length - (cut[part] ?? 0) - keep));
    if (gone > 0) cut[part] = (cut[part] ?? 0) + gone;
    left -= gone;
  }
  const kept = <T>(part: CutPart, items: readonly T[]) => items.slice(0, items.length - (cut[part] ?? 0));
  const material: Material = {
    ...whole,
    examples: kept('examples', whole.examples),
    turns: kept('turns', whole.turns),
    terms: kept('terms', whole.terms),
    values: kept('values', whole.values),
    tracebacks: kept('tracebacks', whole.tracebacks),
    tables: kept('tables', whole.tables),
    joins: cut.tables === undefined ? whole.joins : joinsAmong(whole, whole.tables.length - cut.tables),
  };
  return { material, cut };
}

/** The joins of which every table is among the first ones. */
function joinsAmong({ tables, joins }: Material, first: number): string[] {
  const names = tables.map(({ name }) => name).sort((a, b) => b.length - a.length);
  const kept = new Set(tables.slice(0, first).map(({ name }) => name));
  const tableOf = (side: string) => names.find((name) => side.startsWith(`${name}.`));
  return joins.filter((join) =>
    join.split(/ (?:=|and) /u).every((side) => {
      const table = tableOf(side);
      return table === undefined || kept.has(table);
    }),
  );
}
