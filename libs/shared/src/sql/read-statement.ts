import type { ColumnReference, QueryBlock, ReadStatement, SelectItem } from './query-block.js';
import { readExpression } from './read-expression.js';
import { readSources } from './read-sources.js';
import { nameOf, type SqlToken, sqlTokens } from './sql-tokens.js';
import { TokenCursor } from './token-cursor.js';

/** Subqueries within one another, parentheses around them counted. */
const deepest = 40;

/** Of MySQL. */
const selectOptions: ReadonlySet<string> = new Set([
  ...[
    'SQL_NO_CACHE',
    'SQL_CACHE',
    'SQL_CALC_FOUND_ROWS',
    'SQL_SMALL_RESULT',
    'SQL_BIG_RESULT',
    'STRAIGHT_JOIN',
  ],
]);

type Expressions = ReadonlyMap<string, string[] | null>;

/**
 * Finds a statement's query blocks, the tables they read, and the columns they name, with their places in the text.
 * No parser: what it cannot tell apart it refuses, and what is wrong inside an expression it does not see.
 * @throws UnreadableStatement
 */
export function readStatement(sql: string): ReadStatement {
  const tokens = sqlTokens(sql);
  const cursor = new TokenCursor(tokens);
  const reader = new StatementReader(cursor);
  const outer = reader.readQuery(null, new Map());
  while (cursor.takeSign(';'));
  if (cursor.peek()) throw cursor.unreadable();
  return { tokens, blocks: reader.blocks, outer };
}

class StatementReader {
  readonly blocks: QueryBlock[] = [];
  private depth = 0;

  constructor(private readonly cursor: TokenCursor) {}

  /** A SELECT or a set operation with what goes before and behind it; the blocks whose rows it returns. */
  readQuery(parent: QueryBlock | null, outer: Expressions): QueryBlock[] {
    if (this.depth >= deepest) throw this.cursor.unreadable();
    this.depth += 1;
    const parts = this.readParts(parent, outer);
    this.depth -= 1;
    return parts;
  }

  private readParts(parent: QueryBlock | null, outer: Expressions): QueryBlock[] {
    const expressions = this.readExpressions(parent, outer);
    const parts = [...this.readPart(parent, expressions)];
    for (let word = this.setOperator(); word !== null; word = this.setOperator()) {
      const more = this.readPart(parent, expressions);
      if (more[0]) more[0].setOperator = word;
      parts.push(...more);
    }
    const [first] = parts;
    const own = parts.length === 1 && first && !first.order ? first : null;
    this.readEnd(own, parts, parent, expressions);
    return parts;
  }

  private setOperator(): string | null {
    for (const word of ['UNION', 'INTERSECT', 'EXCEPT', 'MINUS']) {
      if (!this.cursor.takeWord(word)) continue;
      if (this.cursor.takeWord('ALL')) return `${word} ALL`;
      this.cursor.takeWord('DISTINCT');
      return word;
    }
    return null;
  }

  private readPart(parent: QueryBlock | null, expressions: Expressions): QueryBlock[] {
    if (this.cursor.takeSign('(')) {
      const parts = this.readQuery(parent, expressions);
      this.cursor.expectSign(')');
      return parts;
    }
    if (this.cursor.isWord('VALUES')) throw this.cursor.unreadable();
    return [this.readSelect(parent, expressions)];
  }

  private readExpressions(parent: QueryBlock | null, outer: Expressions): Expressions {
    if (!this.cursor.takeWord('WITH')) return outer;
    const isRecursive = this.cursor.takeWord('RECURSIVE');
    const known = new Map(outer);
    do {
      const name = nameOf(this.cursor.next()).toLowerCase();
      const named = this.cursor.takeSign('(') ? this.readNames() : null;
      if (!this.cursor.takeWord('AS')) throw this.cursor.unreadable();
      this.cursor.takeWord('NOT');
      this.cursor.takeWord('MATERIALIZED');
      this.cursor.expectSign('(');
      if (isRecursive) known.set(name, named);
      const parts = this.readQuery(parent, new Map(known));
      this.cursor.expectSign(')');
      known.set(name, named ?? outputColumns(parts[0]));
    } while (this.cursor.takeSign(','));
    return known;
  }

  private readNames(): string[] {
    const names = [nameOf(this.cursor.next())];
    while (this.cursor.takeSign(',')) names.push(nameOf(this.cursor.next()));
    this.cursor.expectSign(')');
    return names;
  }

  private readSelect(parent: QueryBlock | null, expressions: Expressions): QueryBlock {
    const { cursor } = this;
    const start = cursor.at();
    if (!cursor.takeWord('SELECT')) throw cursor.unreadable();
    const block = newBlock(parent, start, expressions);
    this.blocks.push(block);
    while (cursor.isOneOf(selectOptions)) cursor.next();
    block.distinct = cursor.takeWord('DISTINCT') || cursor.takeWord('DISTINCTROW');
    cursor.takeWord('ALL');
    do this.readItem(block);
    while (cursor.takeSign(','));
    block.fromEnd = cursor.end();
    if (cursor.takeWord('FROM')) {
      readSources(cursor, block, {
        nested: () => outputColumns(this.readQuery(parent, expressions)[0]),
        subquery: this.subquery,
      });
      block.fromEnd = cursor.end();
    }
    if (cursor.takeWord('WHERE')) block.where = this.readList(block, 'where', false);
    if (cursor.isWord('GROUP') && cursor.isWord('BY', 1)) {
      cursor.next();
      cursor.next();
      block.group = this.readList(block, 'group', true);
    }
    if (cursor.takeWord('HAVING')) block.having = this.readList(block, 'having', false);
    block.end = cursor.end();
    return block;
  }

  private readItem(block: QueryBlock): void {
    const { cursor } = this;
    const start = cursor.at();
    const star = this.readStar();
    const known = block.references.length;
    const alias = star ? null : this.readExpressionWithAlias(block);
    const behind = alias ? cursor.before(cursor.isJustBehind('AS', 1) ? 2 : 1) : cursor.before();
    const [first] = block.references.slice(known);
    const isColumn = first !== undefined && (first.qualifier ?? first.name).start === start;
    const column = isColumn && behind === first.name ? first : null;
    if (!star && cursor.end() === start) throw cursor.unreadable();
    block.items.push({ start, end: behind?.end ?? start, alias, column, star } satisfies SelectItem);
  }

  private readExpressionWithAlias(block: QueryBlock): SqlToken | null {
    const place = { block, clause: 'select' as const, source: null };
    const implicit = readExpression(this.cursor, place, this.subquery, { mayName: true });
    if (implicit) return implicit;
    if (!this.cursor.takeWord('AS')) return null;
    const alias = this.cursor.next();
    return alias;
  }

  private readStar(): SelectItem['star'] {
    const { cursor } = this;
    if (cursor.takeSign('*')) return { qualifier: null };
    if (!cursor.isName() || !cursor.isSign('.', 1) || !cursor.isSign('*', 2)) return null;
    const qualifier = cursor.next();
    cursor.next();
    cursor.next();
    return { qualifier };
  }

  private readList(block: QueryBlock, clause: ColumnReference['clause'], isList: boolean) {
    const start = this.cursor.at();
    do readExpression(this.cursor, { block, clause, source: null }, this.subquery);
    while (isList && this.cursor.takeSign(','));
    return { start, end: this.cursor.end() };
  }

  /** What orders and bounds: of the only block, or of all of a set operation, where names are its columns'. */
  private readEnd(
    own: QueryBlock | null,
    parts: readonly QueryBlock[],
    parent: QueryBlock | null,
    expressions: Expressions,
  ): void {
    const { cursor } = this;
    const block = own ?? newBlock(parent, cursor.at(), expressions);
    if (cursor.isWord('ORDER') && cursor.isWord('BY', 1)) {
      cursor.next();
      cursor.next();
      block.order = this.readList(block, 'order', true);
    }
    const from = cursor.at();
    while (cursor.isWord('LIMIT') || cursor.isWord('OFFSET') || cursor.isWord('FETCH')) {
      cursor.next();
      while (cursor.isName() || cursor.peek()?.kind === 'number' || cursor.isSign(',')) {
        if (cursor.isWord('OFFSET') || cursor.isWord('UNION')) break;
        cursor.next();
      }
    }
    if (cursor.end() > from) block.limit = { start: from, end: cursor.end() };
    if (own) own.end = cursor.end();
    const last = parts.at(-1);
    if (!own && last && (block.order || block.limit)) {
      // Behind a set operation they belong to all of it; its last part tells them to those who ask what is ordered.
      last.order ??= block.order;
      last.limit ??= block.limit;
    }
  }

  private readonly subquery = (_: TokenCursor, parent: QueryBlock): void => {
    this.readQuery(parent, parent.expressions);
  };
}

function newBlock(parent: QueryBlock | null, start: number, expressions: Expressions): QueryBlock {
  return {
    ...{ parent, start, end: start, distinct: false, items: [], sources: [], fromEnd: start, references: [] },
    ...{ where: null, group: null, having: null, order: null, limit: null },
    ...{ calls: [], literals: [], expressions, setOperator: null },
  };
}

/** Names of a query's columns; null where a star or a nameless column leaves them open. */
function outputColumns(block: QueryBlock | undefined): string[] | null {
  if (!block) return null;
  const names = block.items.map(({ alias, column }) => alias ?? column?.name ?? null);
  return names.every((name) => name !== null) ? names.map(nameOf) : null;
}
