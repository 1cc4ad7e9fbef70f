import type { Token } from '../language/tokenise.js';
import type { Mention } from '../linking/mention.js';
import type { Table } from '../schema/model.js';
import { columnOf, type Condition, type Expression, type Query } from '../sql/query.js';
import { tablesOf } from '../sql/render.js';

/** A question as read by itself. */
export interface Reading {
  tokens: Token[];
  mentions: Mention[];
  /** Null when nothing was understood. */
  query: Query | null;
}

const adding = /^(?:also|add|include)$/;

/**
 * What a follow-up means after an earlier question: it keeps of that one what it does not say anew. Null where it has
 * nothing to do with it.
 */
export function goOn(earlier: Query, { tokens, mentions, query }: Reading): Query | null {
  if (!query || earlier.combined || query.combined) return null;
  const known = tablesOf(earlier);
  if (!sharesTables(known, query) && mentions.some(({ kind }) => kind === 'T')) return null;
  const where = joinConditions(earlier.where, query.where);
  const tables = [...new Set([...earlier.tables, ...query.tables])];
  if (query.group.length > 0) return { ...query, tables, where };
  const order = query.order.length > 0 ? query : earlier;
  const merged = { ...earlier, tables, where, order: order.order, limit: order.limit };
  if (!isShownAnew(query, mentions, known)) return merged;
  if (tokens.some(({ lower }) => adding.test(lower)))
    return { ...merged, select: [...earlier.select, ...query.select] };
  const select = query.select;
  if (isCount(select)) return { ...merged, select, order: [], limit: null, group: [], having: [] };
  const keepsGroups = earlier.having.length > 0 || merged.order.some(({ by }) => by.kind === 'aggregate');
  return { ...merged, select, group: keepsGroups ? earlier.group : [], distinct: query.distinct };
}

function sharesTables(known: readonly Table[], query: Query): boolean {
  return tablesOf(query).some((table) => known.includes(table));
}

/** The follow-up's conditions with those of the earlier question that it does not replace by another value of the same column. */
function joinConditions(earlier: readonly Condition[], own: readonly Condition[]): Condition[] {
  const replaced = (condition: Condition) =>
    condition.kind === 'compare' &&
    own.some(
      (other) =>
        other.kind === 'compare' &&
        other.operator === condition.operator &&
        columnOf(other.left) !== null &&
        columnOf(other.left) === columnOf(condition.left),
    );
  return [...earlier.filter((condition) => !replaced(condition)), ...own];
}

function isCount(select: readonly Expression[]): boolean {
  return select.length === 1 && select[0]?.kind === 'aggregate' && select[0].function === 'count';
}

/** Whether the follow-up names what to show, rather than getting what is shown by default. */
function isShownAnew({ select }: Query, mentions: readonly Mention[], known: readonly Table[]): boolean {
  const named = new Set(mentions.flatMap(({ columns }) => columns.map(({ column }) => column)));
  return select.some((item) => {
    if (item.kind === 'aggregate') return true;
    if (item.kind === 'all') return !known.includes(item.table);
    return named.has(item.column) || !known.includes(item.column.table);
  });
}
