import type { QueryBlock, Source } from './query-block.js';
import { readExpression, type ReadSubquery, startsQuery } from './read-expression.js';
import { clauseWords, joinWords } from './sql-words.js';
import type { TokenCursor } from './token-cursor.js';

interface Readers {
  /** Reads a subquery in FROM, which does not see the block's own sources; its columns' names. */
  nested: () => string[] | null;
  subquery: ReadSubquery;
}

/** Reads what stands between FROM and the next clause into the block. */
export function readSources(cursor: TokenCursor, block: QueryBlock, readers: Readers): void {
  readSource(cursor, block, readers, 'first', cursor.at());
  for (;;) {
    const joinStart = cursor.at();
    if (cursor.takeSign(',')) {
      readSource(cursor, block, readers, 'inner', joinStart);
      continue;
    }
    const join = readJoinWords(cursor);
    if (join === null) return;
    readSource(cursor, block, readers, join, joinStart);
  }
}

function readJoinWords(cursor: TokenCursor): Source['join'] | null {
  let kind: Source['join'] | null = null;
  while (cursor.isOneOf(joinWords)) {
    const { value } = cursor.next();
    if (value === 'NATURAL') kind = 'natural';
    else if (['LEFT', 'RIGHT', 'FULL'].includes(value)) kind ??= 'outer';
    else kind ??= 'inner';
    if (value === 'JOIN' || value === 'STRAIGHT_JOIN') return kind;
  }
  if (kind !== null) throw cursor.unreadable();
  return null;
}

function readSource(
  cursor: TokenCursor,
  block: QueryBlock,
  readers: Readers,
  join: Source['join'],
  joinStart: number,
): void {
  const source: Source = {
    ...{
      table: null,
      alias: null,
      start: cursor.at(),
      end: 0,
      joinStart,
      joinEnd: 0,
      on: null,
      join,
      using: [],
    },
  };
  readRelation(cursor, source, readers);
  if (cursor.takeWord('AS') || (cursor.isName() && !cursor.isOneOf(clauseWords) && !isJoinEnd(cursor)))
    source.alias = cursor.next();
  source.end = cursor.end();
  block.sources.push(source);
  if (cursor.takeWord('ON')) {
    const start = cursor.at();
    readExpression(cursor, { block, clause: 'on', source }, readers.subquery);
    source.on = { start, end: cursor.end() };
  } else if (cursor.takeWord('USING')) {
    cursor.expectSign('(');
    while (!cursor.takeSign(')')) {
      const token = cursor.next();
      if (token.value !== ',') source.using.push(token);
    }
  }
  source.joinEnd = cursor.end();
}

function readRelation(cursor: TokenCursor, source: Source, readers: Readers): void {
  if (startsQuery(cursor) && cursor.takeSign('(')) {
    source.columns = readers.nested();
    cursor.expectSign(')');
    return;
  }
  if (!cursor.isName() || cursor.isSign('(', 1)) throw cursor.unreadable();
  source.table = cursor.next();
  // A table of another schema is known by its whole name, which is more than one token: it is left alone.
  if (cursor.isSign('.')) throw cursor.unreadable();
}

function isJoinEnd(cursor: TokenCursor): boolean {
  return cursor.isOneOf(joinWords) || cursor.isWord('ON') || cursor.isWord('USING');
}
