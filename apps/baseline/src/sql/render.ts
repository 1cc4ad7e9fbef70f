import type { Dialect } from '#shared/contracts/datasource';
import { quoteName } from '#shared/schema/table-card';
import { joinTables, type JoinTree } from '../schema/joins.js';
import type { Column, Link, Schema, Table } from '../schema/model.js';
import { columnOf, columnsOf, type Condition, type Expression, type Literal, type Query } from './query.js';
import { isReserved } from './reserved.js';

/** How strongly the question's words speak for one of several keys between two tables, from 0 to below 1. */
export type LinkPreference = (link: Link) => number;

/** The statement in the schema's dialect; null when the tables cannot be joined. */
export function renderQuery(schema: Schema, query: Query, preferred?: LinkPreference): string | null {
  const tree = joinTables(schema, tablesOf(query), preferred);
  if (!tree) return null;
  const writer = new Writer(schema, tree.steps.length > 0, preferred);
  const body = writer.write(query, tree);
  if (body === null || !query.combined) return body;
  const other = renderQuery(schema, query.combined.query, preferred);
  return other && `${body} ${query.combined.operator} ${other}`;
}

export function tablesOf(query: Query): Table[] {
  const columns = [
    ...query.select.map(columnOf),
    ...query.where.flatMap(columnsOf),
    ...query.group,
    ...query.having.flatMap(columnsOf),
    ...query.order.map(({ by }) => columnOf(by)),
  ];
  const whole = query.select.flatMap((item) => (item.kind === 'all' ? [item.table] : []));
  return [
    ...new Set([...query.tables, ...whole, ...columns.flatMap((column) => (column ? [column.table] : []))]),
  ];
}

class Writer {
  private failed = false;

  constructor(
    private readonly schema: Schema,
    private readonly qualified: boolean,
    private readonly preferred: LinkPreference | undefined,
  ) {}

  write(query: Query, tree: JoinTree): string | null {
    const ordered = query.order.map(
      ({ by, descending }) =>
        `${by.kind === 'column' ? this.measure(by.column) : this.expression(by)}${descending ? ' DESC' : ' ASC'}`,
    );
    const text = [
      `SELECT ${query.distinct ? 'DISTINCT ' : ''}${query.select.map((item) => this.expression(item)).join(', ')}`,
      `FROM ${this.from(tree)}`,
      clause(
        'WHERE',
        ' AND ',
        query.where.map((condition) => this.condition(condition)),
      ),
      clause('GROUP BY', ', ', this.groups(query)),
      clause(
        'HAVING',
        ' AND ',
        query.having.map((condition) => this.condition(condition)),
      ),
      clause('ORDER BY', ', ', ordered),
      query.limit === null ? '' : `LIMIT ${query.limit}`,
    ];
    return this.failed ? null : text.filter(Boolean).join(' ');
  }

  private from({ root, steps }: JoinTree): string {
    const joins = steps.map(
      ({ link, table }) =>
        ` JOIN ${this.name(table.name)} ON ${this.column(link.from)} = ${this.column(link.to)}`,
    );
    return this.name(root.name) + joins.join('');
  }

  /** PostgreSQL wants every plain column of the list among the groups. */
  private groups(query: Query): string[] {
    if (query.group.length === 0) return [];
    const plain = query.select.flatMap((item) => (item.kind === 'column' ? [item.column] : []));
    return [...new Set([...query.group, ...plain])].map((column) => this.column(column));
  }

  private column(column: Column): string {
    return this.qualified
      ? `${this.name(column.table.name)}.${this.name(column.name)}`
      : this.name(column.name);
  }

  private name(qualified: string): string {
    return nameIn(this.schema.dialect, qualified);
  }

  /** The column as something to order, compare or sum: PostgreSQL refuses that on text, SQLite takes it as it is. */
  private measure(column: Column): string {
    const text = this.column(column);
    return column.storedAsText && this.schema.dialect === 'postgres' ? `CAST(${text} AS NUMERIC)` : text;
  }

  private expression(expression: Expression): string {
    switch (expression.kind) {
      case 'all':
        return this.qualified ? `${this.name(expression.table.name)}.*` : '*';
      case 'column':
        return this.column(expression.column);
      case 'aggregate': {
        const { column, distinct } = expression;
        const inner =
          column === null
            ? '*'
            : expression.function === 'count'
              ? this.column(column)
              : this.measure(column);
        return `${expression.function}(${distinct ? 'DISTINCT ' : ''}${inner})`;
      }
    }
  }

  private condition(condition: Condition): string {
    switch (condition.kind) {
      case 'compare': {
        const { left, operator, right } = condition;
        const ordered = /^[<>]=?$/.test(operator);
        const column = columnOf(left);
        const value = typeof right === 'object' ? this.subquery(right) : literal(right, column, ordered);
        const measured =
          left.kind === 'column' && ordered ? this.measure(left.column) : this.expression(left);
        return `${measured} ${operator} ${value}`;
      }
      case 'between': {
        const { left, low, high } = condition;
        return `${this.measure(left)} BETWEEN ${literal(low, left, true)} AND ${literal(high, left, true)}`;
      }
      case 'null':
        return `${this.column(condition.left)} IS ${condition.negated ? 'NOT ' : ''}NULL`;
      case 'in':
        return `${this.column(condition.left)} ${condition.negated ? 'NOT IN' : 'IN'} ${this.subquery(condition.query)}`;
      case 'any':
        return `(${condition.conditions.map((part) => this.condition(part)).join(' OR ')})`;
      case 'all':
        return `(${condition.conditions.map((part) => this.condition(part)).join(' AND ')})`;
    }
  }

  private subquery(query: Query): string {
    const text = renderQuery(this.schema, query, this.preferred);
    this.failed ||= text === null;
    return `(${text})`;
  }
}

function clause(keyword: string, separator: string, parts: string[]): string {
  return parts.length > 0 ? `${keyword} ${parts.join(separator)}` : '';
}

function literal(value: Literal, column: Column | null, ordered: boolean): string {
  const asNumber = column === null || (column.kind === 'number' && (ordered || !column.storedAsText));
  if (typeof value === 'number' && asNumber) return String(value);
  return `'${String(value).replaceAll("'", "''")}'`;
}

/** PostgreSQL folds names without quotes to lower case. */
function nameIn(dialect: Dialect, qualified: string): string {
  const folds = dialect === 'postgres';
  return qualified
    .split('.')
    .map((part) =>
      isReserved(part) || (folds && part !== part.toLowerCase()) ? quoted(part) : quoteName(part),
    )
    .join('.');
}

function quoted(part: string): string {
  return `"${part.replaceAll('"', '""')}"`;
}
