/** A statement as Spider's grammar reads it. What the grammar does not hold (aliases, limits, casts) is absent. */
export interface SpiderQuery {
  distinct: boolean;
  select: SelectItem[];
  tables: TableUnit[];
  joins: Conditions;
  where: Conditions;
  groupBy: ColumnUnit[];
  having: Conditions;
  orderBy: { direction: 'asc' | 'desc'; units: ValueUnit[] } | null;
  limited: boolean;
  intersect: SpiderQuery | null;
  union: SpiderQuery | null;
  except: SpiderQuery | null;
}

export const aggregates = ['max', 'min', 'count', 'sum', 'avg'] as const;
export type Aggregate = (typeof aggregates)[number];

export const arithmeticOperators = ['-', '+', '*', '/'] as const;
export type ArithmeticOperator = (typeof arithmeticOperators)[number];

export const conditionOperators = [
  'between',
  '=',
  '>',
  '<',
  '>=',
  '<=',
  '!=',
  'in',
  'like',
  'is',
  'exists',
] as const;
export type ConditionOperator = (typeof conditionOperators)[number];

export const setOperators = ['intersect', 'union', 'except'] as const;
export type SetOperator = (typeof setOperators)[number];

export interface SelectItem {
  aggregate: Aggregate | null;
  unit: ValueUnit;
}

export interface ColumnUnit {
  aggregate: Aggregate | null;
  /** `table.column` in lower case, or `*`. */
  column: string;
  distinct: boolean;
}

export interface ValueUnit {
  operator: ArithmeticOperator | null;
  left: ColumnUnit;
  right: ColumnUnit | null;
}

export type TableUnit = { table: string } | { query: SpiderQuery };

/** What stands right of a condition's operator. */
export type Operand =
  | { kind: 'text'; text: string }
  | { kind: 'number'; number: number }
  | { kind: 'column'; column: ColumnUnit }
  | { kind: 'query'; query: SpiderQuery };

export interface Condition {
  negated: boolean;
  operator: ConditionOperator;
  unit: ValueUnit;
  first: Operand;
  /** Only of `between`. */
  second: Operand | null;
}

/** Conditions in a row, without nesting: `connectors[i]` stands between `items[i]` and `items[i + 1]`. */
export interface Conditions {
  items: Condition[];
  connectors: ('and' | 'or')[];
}

/** Conditions whose right side may hold a query: ON, WHERE and HAVING. */
export function allConditions(query: SpiderQuery): Condition[] {
  return [...query.joins.items, ...query.where.items, ...query.having.items];
}

export function allConnectors(query: SpiderQuery): ('and' | 'or')[] {
  return [...query.joins.connectors, ...query.where.connectors, ...query.having.connectors];
}

/** Every table that the statement reads, nested queries included. */
export function tablesOf(query: SpiderQuery): Set<string> {
  const direct = query.tables.flatMap((unit) => ('table' in unit ? [unit.table] : []));
  const operands = allConditions(query).flatMap(({ first, second }) => (second ? [first, second] : [first]));
  const nested = [
    ...query.tables.flatMap((unit) => ('query' in unit ? [unit.query] : [])),
    ...operands.flatMap((operand) => (operand.kind === 'query' ? [operand.query] : [])),
    ...setOperators.flatMap((operator) => query[operator] ?? []),
  ];
  return new Set([...direct, ...nested.flatMap((each) => [...tablesOf(each)])]);
}
