/**
 * How far a statement may nest and repeat. A grammar without such bounds lets a model that has lost its way write until its tokens
 * are used up; these are wide enough for what people ask.
 */
export const bounds = {
  /** Queries inside of queries. */
  levels: 3,
  /** Parentheses, calls and CASE inside of one another. */
  depth: 3,
  items: 24,
  joins: 10,
  conditions: 10,
  alternatives: 8,
  values: 32,
  branches: 8,
  terms: 4,
  setOperations: 3,
  commonTables: 4,
  stringLength: 80,
} as const;

/** Which calls may stand in an expression: none that gathers rows, aggregates, or window functions as well. */
export type Calls = 'plain' | 'aggregate' | 'window';

/** What may still nest below a place of the statement. */
export interface Place {
  calls: Calls;
  levels: number;
  depth: number;
}

/** A name for rules that differ by place alone. */
export function at({ calls, levels, depth }: Place): string {
  return `${calls.charAt(0)}${levels}${depth}`;
}

/** One step further in. What stands within a window's expression is no window itself. */
export function deeper(place: Place): Place {
  return { ...place, calls: place.calls === 'window' ? 'aggregate' : place.calls, depth: place.depth - 1 };
}
