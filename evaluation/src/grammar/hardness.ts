import { allConditions, allConnectors, type SpiderQuery, type ValueUnit } from './spider-query.js';

export const hardnessLevels = ['easy', 'medium', 'hard', 'extra'] as const;
export type Hardness = (typeof hardnessLevels)[number];

/** The official Spider definition of how hard a gold statement is, by three counts of what it holds. */
export function hardnessOf(query: SpiderQuery): Hardness {
  const clauses = clauseCount(query);
  const nested = nestedQueries(query).length;
  const extras = extraCount(query);
  if (nested === 0) {
    if (clauses <= 1 && extras === 0) return 'easy';
    if ((clauses <= 1 && extras <= 2) || (clauses <= 2 && extras < 2)) return 'medium';
    if ((clauses <= 2 && extras > 2) || (clauses === 3 && extras <= 2)) return 'hard';
  }
  return clauses <= 1 && extras === 0 && nested <= 1 ? 'hard' : 'extra';
}

function clauseCount(query: SpiderQuery): number {
  const clauses = [
    query.where.items.length > 0,
    query.groupBy.length > 0,
    query.orderBy !== null,
    query.limited,
  ];
  const joins = Math.max(query.tables.length - 1, 0);
  const ors = allConnectors(query).filter((connector) => connector === 'or').length;
  const likes = allConditions(query).filter((condition) => condition.operator === 'like').length;
  return clauses.filter(Boolean).length + joins + ors + likes;
}

/** Queries in conditions and behind set operators; those in FROM do not count. */
function nestedQueries(query: SpiderQuery): SpiderQuery[] {
  const operands = allConditions(query).flatMap(({ first, second }) => (second ? [first, second] : [first]));
  const inConditions = operands.flatMap((operand) => (operand.kind === 'query' ? [operand.query] : []));
  const behindOperators = [query.intersect, query.except, query.union].filter((other) => other !== null);
  return [...inConditions, ...behindOperators];
}

function extraCount(query: SpiderQuery): number {
  return [
    aggregateCount(query) > 1,
    query.select.length > 1,
    query.where.items.length > 1,
    query.groupBy.length > 1,
  ].filter(Boolean).length;
}

/**
 * The definition looks for aggregates of conditions in the wrong place: it counts negated conditions and the
 * connectors of HAVING. Part of it all the same.
 */
function aggregateCount(query: SpiderQuery): number {
  const ordering = (query.orderBy?.units ?? []).flatMap(columnsOf);
  return (
    query.select.filter((item) => item.aggregate).length +
    [...query.where.items, ...query.having.items].filter((condition) => condition.negated).length +
    query.having.connectors.length +
    [...query.groupBy, ...ordering].filter((column) => column.aggregate).length
  );
}

function columnsOf(unit: ValueUnit) {
  return unit.right ? [unit.left, unit.right] : [unit.left];
}
