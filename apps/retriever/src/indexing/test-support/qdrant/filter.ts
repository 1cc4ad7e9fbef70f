import type { Condition, Filter } from './requests.js';

export interface Point {
  id: string;
  vector: Record<string, number[] | { indices: number[]; values: number[] }>;
  payload: Record<string, unknown>;
}

export function matches(point: Point, { must = [], must_not = [] }: Filter): boolean {
  return must.every((one) => holds(point, one)) && !must_not.some((one) => holds(point, one));
}

/** An array matches when one of its values does. */
function holds(point: Point, condition: Condition): boolean {
  if ('has_id' in condition) return condition.has_id.includes(point.id);
  if ('is_empty' in condition) return valuesOf(point, condition.is_empty.key).length === 0;
  const { key, match } = condition;
  const values = valuesOf(point, key);
  if ('value' in match) return values.includes(match.value);
  if ('any' in match) return values.some((value) => match.any.includes(value as string));
  return values.some((value) => !match.except.includes(value as string));
}

function valuesOf({ payload }: Point, key: string): unknown[] {
  return [payload[key]].flat().filter((value) => value !== undefined && value !== null);
}
