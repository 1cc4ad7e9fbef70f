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
  const { key, match } = condition;
  const values = [point.payload[key]].flat().filter((value) => value !== undefined);
  if ('value' in match) return values.includes(match.value);
  if ('any' in match) return values.some((value) => match.any.includes(value as string));
  return values.some((value) => !match.except.includes(value as string));
}
