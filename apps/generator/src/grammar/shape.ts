/**
 * How far a statement may nest and repeat. A grammar without such bounds lets a model that has lost its way write until its tokens
 * are used up; these are wide enough for what people ask.
 */
export const bounds = {
  /** Queries inside of queries. */
  levels: 3,
  /** In a common table, and in the statement that reads them: they are what makes nesting needless. */
  levelsOfCommon: 1,
  levelsBesideCommon: 2,
  /** Parentheses, calls and CASE inside of one another. */
  depth: 3,
  items: 24,
  joins: 10,
  conditions: 10,
  alternatives: 8,
  values: 32,
  branches: 8,
  terms: 4,
  orders: 8,
  setOperations: 3,
  commonTables: 4,
  stringLength: 80,
  reasonLength: 200,
} as const;

/** Which calls may stand in an expression: none that gathers rows, aggregates, or window functions as well. */
export type Calls = 'plain' | 'aggregate' | 'window';

/** What may still nest below a place of the statement. */
export interface Place {
  calls: Calls;
  levels: number;
  depth: number;
  /** Whether the statement has common tables that its queries may read. */
  common: boolean;
}

/** A name for rules that differ by place alone. */
export function at({ calls, levels, depth, common }: Place): string {
  // Where no query is left inside, common tables make no difference.
  return `${calls.charAt(0)}${queryAt({ levels, common: common && levels > 0 })}d${depth}`;
}

/** What holds for a query and all inside of it. */
export type QueryPlace = Pick<Place, 'levels' | 'common'>;

export function queryAt({ levels, common }: QueryPlace): string {
  return `${levels}${common ? 'c' : ''}`;
}

/** A place without queries inside. */
export function flat(calls: Calls, depth: number): Place {
  return { calls, levels: 0, depth, common: false };
}

/** One step further in. What stands within a window's expression is no window itself. */
export function deeper(place: Place): Place {
  return { ...place, calls: place.calls === 'window' ? 'aggregate' : place.calls, depth: place.depth - 1 };
}
