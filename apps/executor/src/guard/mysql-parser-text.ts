import type { MysqlToken } from './mysql-lexer.js';

/**
 * The text for the second parser, without two things that it does not know everywhere and that hold no relation:
 * units of two parts behind INTERVAL and a literal, and the columns of JSON_TABLE, which are names, types and
 * literals. Nothing else stands behind a string and COLUMNS.
 */
export function textForParser(tokens: readonly MysqlToken[]): string {
  const sources: string[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    if (isColumnsClause(tokens, index)) {
      sources.push("COLUMNS (x INT PATH 'x')");
      index = closing(tokens, index + 1);
    } else sources.push(isCompositeUnit(tokens, index) ? 'DAY' : (tokens[index]?.source ?? ''));
  }
  return sources.join(' ');
}

function isWord(token: MysqlToken | undefined, text: string): boolean {
  return token?.kind === 'word' && token.text === text;
}

function isColumnsClause(tokens: readonly MysqlToken[], index: number): boolean {
  return (
    isWord(tokens[index], 'COLUMNS') &&
    tokens[index - 1]?.kind === 'string' &&
    tokens[index + 1]?.text === '(' &&
    closing(tokens, index + 1) < tokens.length
  );
}

/** Where the parenthesis closes; the number of tokens where it does not. */
function closing(tokens: readonly MysqlToken[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    const { kind, text } = tokens[index] ?? { kind: 'word', text: '' };
    if (kind !== 'operator') continue;
    if (text === '(') depth += 1;
    else if (text === ')' && --depth === 0) return index;
  }
  return tokens.length;
}

function isCompositeUnit(tokens: readonly MysqlToken[], index: number): boolean {
  const unit = tokens[index];
  return (
    unit?.kind === 'word' &&
    /^(?:YEAR|DAY|HOUR|MINUTE|SECOND)_[A-Z]+$/.test(unit.text) &&
    ['string', 'number'].includes(tokens[index - 1]?.kind ?? '') &&
    isWord(tokens[index - 2], 'INTERVAL')
  );
}
