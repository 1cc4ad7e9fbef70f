import type { SpiderSchema } from '../spider/schema.js';
import { spiderTokens } from './tokens.js';
import {
  aggregates,
  arithmeticOperators,
  conditionOperators,
  setOperators,
  type Aggregate,
  type ColumnUnit,
  type Condition,
  type Conditions,
  type Operand,
  type SelectItem,
  type SpiderQuery,
  type TableUnit,
  type ValueUnit,
} from './spider-query.js';

const clauseWords = new Set([
  'select',
  'from',
  'where',
  'group',
  'order',
  'limit',
  'intersect',
  'union',
  'except',
]);
const joinWords = new Set(['join', 'on', 'as']);

/**
 * Reads a statement by Spider's grammar, or throws a SyntaxError. The grammar is part of the official measures'
 * definition, so this one reads no more than the official one does: inner joins with ON, aliases of tables
 * only, conditions without nesting. Text after a complete statement is ignored.
 */
export function parseSpiderQuery(statement: string, schema: SpiderSchema): SpiderQuery {
  const tokens = spiderTokens(statement);
  return new Parser(tokens, schema, aliasesOf(tokens, schema)).query();
}

/** Aliases hold in the whole statement; where two subqueries use one name, the last one counts. */
function aliasesOf(tokens: string[], schema: SpiderSchema): Map<string, string> {
  const tables = new Map<string, string>();
  tokens.forEach((token, at) => {
    if (token === 'as') tables.set(tokens[at + 1] ?? '', tokens[at - 1] ?? '');
  });
  for (const table of schema.columns.keys()) {
    if (tables.has(table)) throw new SyntaxError(`alias ${table} is also the name of a table`);
    tables.set(table, table);
  }
  return tables;
}

class Parser {
  private at = 0;

  constructor(
    private readonly tokens: string[],
    private readonly schema: SpiderSchema,
    private readonly tables: Map<string, string>,
  ) {}

  query(): SpiderQuery {
    const inParentheses = this.accept('(');
    const selectAt = this.at;
    // Columns without a table are looked up in the tables of FROM, so it is read before SELECT.
    const fromAt = this.tokens.indexOf('from', selectAt);
    if (fromAt < 0) throw new SyntaxError('FROM is missing');
    this.at = fromAt + 1;
    const { tables, joins, named } = this.from();
    const afterFrom = this.at;
    this.at = selectAt;
    const { distinct, select } = this.select(named);
    this.at = afterFrom;
    const where = this.accept('where') ? this.conditions(named) : none();
    const groupBy = this.groupBy(named);
    const having = this.accept('having') ? this.conditions(named) : none();
    const orderBy = this.orderBy(named);
    const limited = this.limit();
    while (this.accept(';'));
    if (inParentheses) this.expect(')');
    while (this.accept(';'));
    const query: SpiderQuery = {
      distinct,
      select,
      tables,
      joins,
      where,
      groupBy,
      having,
      orderBy,
      limited,
      intersect: null,
      union: null,
      except: null,
    };
    const operator = setOperators.find((candidate) => this.accept(candidate));
    if (operator) query[operator] = this.query();
    return query;
  }

  private from(): { tables: TableUnit[]; joins: Conditions; named: string[] } {
    const tables: TableUnit[] = [];
    const joins = none();
    const named: string[] = [];
    while (this.at < this.tokens.length) {
      const inParentheses = this.accept('(');
      if (this.peek() === 'select') {
        tables.push({ query: this.query() });
      } else {
        this.accept('join');
        const table = this.tableNamed(this.next());
        if (this.accept('as')) this.at++;
        tables.push({ table });
        named.push(table);
      }
      if (this.accept('on')) {
        const { items, connectors } = this.conditions(named);
        if (joins.items.length > 0) joins.connectors.push('and');
        joins.items.push(...items);
        joins.connectors.push(...connectors);
      }
      if (inParentheses) this.expect(')');
      if (this.atClauseEnd()) break;
    }
    return { tables, joins, named };
  }

  private select(named: string[]): { distinct: boolean; select: SelectItem[] } {
    this.expect('select');
    const distinct = this.accept('distinct');
    const select: SelectItem[] = [];
    while (this.at < this.tokens.length && !clauseWords.has(this.peek())) {
      select.push({ aggregate: this.aggregate(), unit: this.valueUnit(named) });
      this.accept(',');
    }
    return { distinct, select };
  }

  private groupBy(named: string[]): ColumnUnit[] {
    if (!this.accept('group')) return [];
    this.expect('by');
    return this.list(() => this.columnUnit(named));
  }

  private orderBy(named: string[]): SpiderQuery['orderBy'] {
    if (!this.accept('order')) return null;
    this.expect('by');
    let direction: 'asc' | 'desc' = 'asc';
    const units = this.list(() => {
      const unit = this.valueUnit(named);
      if (this.accept('desc')) direction = 'desc';
      else if (this.accept('asc')) direction = 'asc';
      return unit;
    });
    return { direction, units };
  }

  private limit(): boolean {
    if (!this.accept('limit')) return false;
    this.at++;
    return true;
  }

  private conditions(named: string[]): Conditions {
    const conditions = none();
    while (this.at < this.tokens.length) {
      conditions.items.push(this.condition(named));
      if (this.atClauseEnd() || joinWords.has(this.peek())) break;
      const connector = (['and', 'or'] as const).find((word) => this.accept(word));
      if (connector) conditions.connectors.push(connector);
      else if (this.at < this.tokens.length) throw new SyntaxError(`AND or OR expected at ${this.peek()}`);
    }
    return conditions;
  }

  private condition(named: string[]): Condition {
    const unit = this.valueUnit(named);
    const negated = this.accept('not');
    const operator = conditionOperators.find((candidate) => this.accept(candidate));
    if (!operator) throw new SyntaxError(`no condition at ${this.peek()}`);
    const first = this.operand(named);
    if (operator !== 'between') return { negated, operator, unit, first, second: null };
    this.expect('and');
    return { negated, operator, unit, first, second: this.operand(named) };
  }

  private operand(named: string[]): Operand {
    const inParentheses = this.accept('(');
    const operand = this.bareOperand(named);
    if (inParentheses && operand.kind === 'column') throw new SyntaxError('a column in parentheses');
    if (inParentheses) this.expect(')');
    return operand;
  }

  private bareOperand(named: string[]): Operand {
    const token = this.peek();
    if (token === 'select') return { kind: 'query', query: this.query() };
    if (token.includes('"')) return { kind: 'text', text: this.next() };
    if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(token))
      return { kind: 'number', number: Number(this.next()) };
    // The official grammar takes the column and drops what follows it up to the next AND or clause, OR included.
    const column = this.columnUnit(named);
    if (column.aggregate) throw new SyntaxError('an aggregate right of an operator');
    while (!this.atOperandEnd()) this.at++;
    return { kind: 'column', column };
  }

  private valueUnit(named: string[]): ValueUnit {
    const inParentheses = this.accept('(');
    const left = this.columnUnit(named);
    const operator = arithmeticOperators.find((candidate) => this.accept(candidate)) ?? null;
    const right = operator ? this.columnUnit(named) : null;
    if (inParentheses) this.expect(')');
    return { operator, left, right };
  }

  private columnUnit(named: string[]): ColumnUnit {
    const inParentheses = this.accept('(');
    const aggregate = this.aggregate();
    if (aggregate) this.expect('(');
    const distinct = this.accept('distinct');
    const column = this.columnNamed(this.next(), named);
    // As in the official grammar, an aggregate's own parenthesis is all that is closed after it.
    if (aggregate || inParentheses) this.expect(')');
    return { aggregate, column, distinct };
  }

  private aggregate(): Aggregate | null {
    return aggregates.find((candidate) => this.accept(candidate)) ?? null;
  }

  private tableNamed(name: string): string {
    const table = this.tables.get(name);
    if (table === undefined || !this.schema.columns.has(table)) throw new SyntaxError(`no table ${name}`);
    return table;
  }

  private columnNamed(name: string, named: string[]): string {
    if (name === '*') return '*';
    const [column = '', qualifier, ...rest] = name.split('.').reverse();
    const has = (table: string) => this.schema.columns.get(table)?.includes(column) ?? false;
    const table = qualifier === undefined ? named.find(has) : this.tableNamed(qualifier);
    if (table === undefined || rest.length > 0 || !has(table)) throw new SyntaxError(`no column ${name}`);
    return `${table}.${column}`;
  }

  private list<Item>(item: () => Item): Item[] {
    const items: Item[] = [];
    while (this.at < this.tokens.length && !this.atClauseEnd()) {
      items.push(item());
      if (!this.accept(',')) break;
    }
    return items;
  }

  private atClauseEnd(): boolean {
    return clauseWords.has(this.peek()) || this.peek() === ')' || this.peek() === ';';
  }

  private atOperandEnd(): boolean {
    const token = this.peek();
    const ends = token === '' || token === ',' || token === ')' || token === 'and';
    return ends || clauseWords.has(token) || joinWords.has(token);
  }

  /** The next token; empty at the end. */
  private peek(): string {
    return this.tokens[this.at] ?? '';
  }

  private next(): string {
    const token = this.peek();
    this.at++;
    return token;
  }

  private accept(word: string): boolean {
    if (this.peek() !== word) return false;
    this.at++;
    return true;
  }

  private expect(word: string): void {
    if (!this.accept(word)) throw new SyntaxError(`${word} expected at ${this.peek()}`);
  }
}

function none(): Conditions {
  return { items: [], connectors: [] };
}
