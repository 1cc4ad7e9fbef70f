import type { Column, Table } from '../schema/model.js';

export type Aggregate = 'count' | 'sum' | 'avg' | 'min' | 'max';

/** An aggregate without a column counts rows. */
export type Expression =
  | { kind: 'column'; column: Column }
  | { kind: 'all'; table: Table }
  | { kind: 'aggregate'; function: Aggregate; column: Column | null; distinct?: boolean };

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'NOT LIKE';
export type Literal = string | number;

export type Condition =
  | { kind: 'compare'; left: Expression; operator: Operator; right: Literal | Query }
  | { kind: 'between'; left: Column; low: Literal; high: Literal }
  | { kind: 'null'; left: Column; negated: boolean }
  | { kind: 'in'; left: Column; negated: boolean; query: Query }
  | { kind: 'any' | 'all'; conditions: Condition[] };

/** What a question is taken to mean, before it is written in a dialect. */
export interface Query {
  select: Expression[];
  distinct: boolean;
  /** Tables to join besides those of the columns; the first is the root. */
  tables: Table[];
  where: Condition[];
  group: Column[];
  having: Condition[];
  order: { by: Expression; descending: boolean }[];
  limit: number | null;
  combined: { operator: 'INTERSECT' | 'UNION' | 'EXCEPT'; query: Query } | null;
}

export function emptyQuery(): Query {
  return {
    select: [],
    distinct: false,
    tables: [],
    where: [],
    group: [],
    having: [],
    order: [],
    limit: null,
    combined: null,
  };
}

export function columnOf(expression: Expression): Column | null {
  return expression.kind === 'all' ? null : expression.column;
}

/** The columns that a condition needs joined; a subquery joins its own. */
export function columnsOf(condition: Condition): Column[] {
  switch (condition.kind) {
    case 'compare': {
      const column = columnOf(condition.left);
      return column ? [column] : [];
    }
    case 'between':
    case 'null':
    case 'in':
      return [condition.left];
    case 'any':
    case 'all':
      return condition.conditions.flatMap(columnsOf);
  }
}
