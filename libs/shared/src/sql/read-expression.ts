import type { Clause, ColumnReference, QueryBlock, Source } from './query-block.js';
import type { SqlToken } from './sql-tokens.js';
import { clauseWords, expressionWords, joinWords, unitWords } from './sql-words.js';
import type { TokenCursor } from './token-cursor.js';

export interface ExpressionPlace {
  block: QueryBlock;
  clause: Clause;
  source: Source | null;
}

export type ReadSubquery = (cursor: TokenCursor, parent: QueryBlock) => void;

const deepest = 60;

/**
 * Reads an expression up to a word of another clause, and notes in the block the columns, calls and literals in it.
 * It knows no precedence: only what is a column's name and what is none.
 * @returns the implicit alias of a select item, `count(*) n`, where `mayName` is set
 */
export function readExpression(
  cursor: TokenCursor,
  place: ExpressionPlace,
  readSubquery: ReadSubquery,
  { inParentheses = false, mayName = false, depth = 0 } = {},
): SqlToken | null {
  if (depth > deepest) throw cursor.unreadable();
  const { block, clause } = place;
  const inner = () => {
    if (startsQuery(cursor)) readSubquery(cursor, block);
    else readExpression(cursor, place, readSubquery, { inParentheses: true, depth: depth + 1 });
    cursor.expectSign(')');
  };
  for (let isOperand = false; cursor.peek();) {
    if (cursor.isSign(')') || (cursor.isSign(',') && !inParentheses) || cursor.isSign(';')) return null;
    if (!inParentheses && endsExpression(cursor)) return null;
    if (cursor.takeSign('(')) {
      inner();
      isOperand = true;
      continue;
    }
    const token = cursor.next();
    if (isUnclear(cursor, token)) throw cursor.unreadable();
    if (token.kind === 'sign') {
      if (token.value === '::') skipType(cursor);
      else if (!(token.value === '*' && !isOperand)) isOperand = token.value === ']';
      continue;
    }
    if (token.kind === 'string' || token.kind === 'number') {
      if (isOperand && mayName && token.kind === 'string') return token;
      block.literals.push({ text: token.text, clause });
      isOperand = true;
      continue;
    }
    if (token.kind === 'word' && isNoName(cursor, token)) {
      if (token.value === 'AS') {
        if (!inParentheses) throw cursor.unreadable();
        skipToEnd(cursor);
      }
      if (token.value === 'COLLATE') cursor.next();
      if (token.value === 'INTERVAL') skipInterval(cursor, block, clause);
      isOperand = ['END', 'NULL', 'TRUE', 'FALSE'].includes(token.value);
      continue;
    }
    if (isOperand) {
      if (mayName) return token;
      throw cursor.unreadable();
    }
    readName(cursor, token, place, inner);
    isOperand = true;
  }
  if (inParentheses) throw cursor.unreadable();
  return null;
}

export function startsQuery(cursor: TokenCursor): boolean {
  let ahead = 0;
  while (cursor.isSign('(', ahead)) ahead += 1;
  return ['SELECT', 'WITH', 'VALUES'].some((word) => cursor.isWord(word, ahead));
}

function endsExpression(cursor: TokenCursor): boolean {
  if (cursor.isWord('AS')) return true;
  if (cursor.isOneOf(clauseWords)) return true;
  if (!cursor.isOneOf(joinWords)) return cursor.isWord('ON') || cursor.isWord('USING');
  return !cursor.isSign('(', 1);
}

/** Subscripts, arrays, dollar quotes and named arguments, which only some dialects have: what follows may be no name. */
function isUnclear(cursor: TokenCursor, token: SqlToken): boolean {
  if (token.kind === 'sign') return token.value === '[' || token.value === '$';
  const before = cursor.before(1);
  if (token.text.startsWith('[')) return before?.kind === 'word' && before.value === 'ARRAY';
  return cursor.isSign('=') && cursor.isSign('>', 1);
}

/** `E'…'`, `_utf8'…'`: a word right before a text tells how to read it. */
function isPrefix(cursor: TokenCursor, token: SqlToken): boolean {
  const next = cursor.peek();
  return token.kind === 'word' && next?.kind === 'string' && next.start === token.end;
}

function isNoName(cursor: TokenCursor, token: SqlToken): boolean {
  if (cursor.isSign('.')) return false;
  if (isPrefix(cursor, token)) return true;
  if (token.value === 'INTERVAL') return cursor.peek()?.kind === 'string' || cursor.peek()?.kind === 'number';
  if (expressionWords.has(token.value)) return true;
  // EXTRACT(YEAR FROM x), TIMESTAMPDIFF(DAY, a, b), DATE '2020-01-01'
  const before = cursor.before(1);
  if (unitWords.has(token.value))
    return before?.value === '(' && (cursor.isWord('FROM') || cursor.isSign(','));
  return ['DATE', 'TIMESTAMP', 'TIME'].includes(token.value) && cursor.peek()?.kind === 'string';
}

function readName(cursor: TokenCursor, first: SqlToken, place: ExpressionPlace, inner: () => void): void {
  const { block, clause, source } = place;
  if (cursor.takeSign('(')) {
    block.calls.push({ name: first.value.toUpperCase(), clause, start: first.start });
    inner();
    return;
  }
  if (!cursor.takeSign('.')) {
    block.references.push({ qualifier: null, name: first, clause, source });
    return;
  }
  if (cursor.takeSign('*')) return;
  if (!cursor.isName()) throw cursor.unreadable();
  const name = cursor.next();
  // A schema or a database before the table: its names are not the snapshot's.
  if (cursor.isSign('.') || cursor.isSign('(')) throw cursor.unreadable();
  const reference: ColumnReference = { qualifier: first, name, clause, source };
  block.references.push(reference);
}

const longTypes: Readonly<Record<string, string>> = {
  DOUBLE: 'PRECISION',
  CHARACTER: 'VARYING',
  CHAR: 'VARYING',
  BIT: 'VARYING',
};

/** Behind `::`. What follows a type may be the alias. */
function skipType(cursor: TokenCursor): void {
  const { value } = cursor.next();
  while (cursor.takeSign('.')) cursor.next();
  cursor.takeWord(longTypes[value] ?? '');
  if (cursor.takeSign('(')) cursor.skipParentheses();
  if (
    cursor.isWord('TIME', 1) &&
    cursor.isWord('ZONE', 2) &&
    (cursor.takeWord('WITH') || cursor.takeWord('WITHOUT'))
  ) {
    cursor.next();
    cursor.next();
  }
  if (cursor.peek()?.text === '[]') cursor.next();
}

/** Of a CAST, from its type on. */
function skipToEnd(cursor: TokenCursor): void {
  while (cursor.peek() && !cursor.isSign(')')) if (cursor.next().value === '(') cursor.skipParentheses();
}

function skipInterval(cursor: TokenCursor, block: QueryBlock, clause: Clause): void {
  block.literals.push({ text: cursor.next().text, clause });
  if (cursor.isOneOf(unitWords)) cursor.next();
}
