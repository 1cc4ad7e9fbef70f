import type { SpiderSchema } from '../spider/schema.js';
import {
  allConditions,
  allConnectors,
  setOperators,
  type ColumnUnit,
  type Condition,
  type Conditions,
  type Operand,
  type SetOperator,
  type SpiderQuery,
  type ValueUnit,
} from './spider-query.js';

/**
 * Exact set match, by the official definition: the statements agree clause by clause, as sets where order means
 * nothing, without their values, DISTINCT and join conditions. A column stands for those that foreign keys hold
 * equal to it, but only if its table is in the statement's FROM, and not inside nested queries.
 */
export function exactlyMatches(predicted: SpiderQuery, gold: SpiderQuery, schema: SpiderSchema): boolean {
  return clausesMatch(new Clauses(predicted, predicted, schema), new Clauses(gold, gold, schema));
}

function clausesMatch(predicted: Clauses, gold: Clauses): boolean {
  const texts = (clauses: Clauses) => clauses.texts().join('\n');
  if (texts(predicted) !== texts(gold)) return false;
  return setOperators.every((operator) => {
    const left = predicted.behind(operator);
    const right = gold.behind(operator);
    return left && right ? clausesMatch(left, right) : left === right;
  });
}

/** One query's clauses as comparable texts. */
class Clauses {
  constructor(
    private readonly query: SpiderQuery,
    /** The whole statement: its FROM decides which columns foreign keys may replace. */
    private readonly statement: SpiderQuery,
    private readonly schema: SpiderSchema,
  ) {}

  behind(operator: SetOperator): Clauses | null {
    const query = this.query[operator];
    return query && new Clauses(query, this.statement, this.schema);
  }

  texts(): string[] {
    const { query } = this;
    const select = query.select.map((item) => [item.aggregate, this.unit(item.unit)]);
    const where = query.where.items.map((condition) => this.condition(condition));
    const connectors = new Set(query.where.connectors);
    const grouping = query.groupBy.length > 0 && [
      query.groupBy.map(({ column }) => this.name(column)),
      this.having(),
    ];
    const ordering = query.orderBy && [
      query.orderBy.direction,
      query.orderBy.units.map((unit) => this.unit(unit)),
    ];
    return [
      bag(select),
      bag(where),
      bag([...connectors]),
      JSON.stringify(grouping),
      JSON.stringify(ordering),
      bag([...keywords(query)]),
      bag(query.tables),
    ];
  }

  private having(): unknown {
    return [
      this.query.having.items.map((condition) => this.condition(condition)),
      this.query.having.connectors,
    ];
  }

  private condition(condition: Condition): unknown {
    const { negated, operator, first, second } = condition;
    return [
      negated,
      operator,
      this.unit(condition.unit),
      withoutValue(first),
      second && withoutValue(second),
    ];
  }

  private unit(unit: ValueUnit): unknown {
    return [unit.operator, this.column(unit.left), unit.right && this.column(unit.right)];
  }

  private column({ aggregate, column }: ColumnUnit): unknown {
    return [aggregate, this.name(column)];
  }

  private name(column: string): string {
    const table = column.slice(0, column.indexOf('.'));
    const inFrom = this.statement.tables.some((unit) => 'table' in unit && unit.table === table);
    return (inFrom && this.schema.canonicalColumns.get(column)) || column;
  }
}

/** A nested query stays, to the letter of its columns and DISTINCTs; any other operand counts as a value. */
function withoutValue(operand: Operand): SpiderQuery | null {
  return operand.kind === 'query' ? withoutValues(operand.query) : null;
}

function withoutValues(query: SpiderQuery): SpiderQuery {
  return {
    ...query,
    joins: conditionsWithoutValues(query.joins),
    where: conditionsWithoutValues(query.where),
    having: conditionsWithoutValues(query.having),
    intersect: query.intersect && withoutValues(query.intersect),
    union: query.union && withoutValues(query.union),
    except: query.except && withoutValues(query.except),
  };
}

function conditionsWithoutValues(conditions: Conditions): Conditions {
  const blank = (operand: Operand): Operand =>
    operand.kind === 'query'
      ? { kind: 'query', query: withoutValues(operand.query) }
      : { kind: 'text', text: '' };
  return {
    connectors: conditions.connectors,
    items: conditions.items.map((item) => ({
      ...item,
      first: blank(item.first),
      second: item.second && blank(item.second),
    })),
  };
}

function keywords(query: SpiderQuery): Set<string> {
  const found = new Set<string>();
  if (query.where.items.length > 0) found.add('where');
  if (query.groupBy.length > 0) found.add('group');
  if (query.having.items.length > 0) found.add('having');
  if (query.orderBy) found.add('order').add(query.orderBy.direction);
  if (query.limited) found.add('limit');
  for (const operator of setOperators) if (query[operator]) found.add(operator);
  if (allConnectors(query).includes('or')) found.add('or');
  for (const { negated, operator } of allConditions(query)) {
    if (negated) found.add('not');
    if (operator === 'in' || operator === 'like') found.add(operator);
  }
  return found;
}

/** A text that is the same for the same items in any order. */
function bag(items: unknown[]): string {
  return items
    .map((item) => JSON.stringify(item))
    .sort()
    .join();
}
