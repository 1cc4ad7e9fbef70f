/** What the server's lexer makes of a text under the sandbox's sql_mode: ANSI_QUOTES set, NO_BACKSLASH_ESCAPES not. */
export interface MysqlToken {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'operator';
  /** Words in upper case, quoted names without their quotes, the rest as it stands. */
  text: string;
  /** Offset into the SQL. */
  at: number;
  end: number;
  /** For a parser of another mode: quoted names in backticks, strings without what stands in them, the rest as it is. */
  source: string;
}

/** A text that is refused before anything is made of it. */
export class MysqlLexerError extends Error {
  constructor(
    readonly kind: 'policy' | 'syntax',
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

const space = /\s+/y;
const lineComment = /(?:#|--(?=\s|$))[^\n]*/y;
const name = /[\p{L}_$\u0080-\uffff][\p{L}\p{N}_$\u0080-\uffff]*/uy;
/** A name may begin with digits, and behind a dot be nothing else. */
const digitName =
  /(?!\d+e\d|0x[0-9a-f]+(?![\p{L}\p{N}_$\u0080-\uffff])|0b[01]+(?![\p{L}\p{N}_$\u0080-\uffff]))\d+[\p{L}_$\u0080-\uffff][\p{L}\p{N}_$\u0080-\uffff]*/iuy;
const fieldName = /[\p{L}\p{N}_$\u0080-\uffff]+/uy;
const number = /(?:0[xX][0-9a-fA-F]+|0b[01]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)/y;
const dotBeforeDigit = /\.(?=\d)/y;
const operator = /<=>|<<|>>|<>|<=|>=|!=|\|\||&&|->>|->|[-+*/%=<>(),.;|&^~!]/y;

export function lexMysql(sql: string): MysqlToken[] {
  const tokens: MysqlToken[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0] ?? null;
  };
  while (at < sql.length) {
    const gap = match(space) ?? match(lineComment) ?? blockComment(sql, at);
    if (gap !== null) {
      at += gap.length;
      continue;
    }
    const token = quoted(sql, at) ?? field(match, tokens, at) ?? plain(match, at);
    if (!token) {
      const character = String.fromCodePoint(sql.codePointAt(at) ?? 0);
      throw new MysqlLexerError('policy', `The character ${character} is not allowed outside strings.`, at);
    }
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

/** Right behind a name a dot goes before another, digits or not. */
function field(
  match: (pattern: RegExp) => string | null,
  tokens: readonly MysqlToken[],
  at: number,
): MysqlToken | null {
  const last = tokens.at(-1);
  if (last?.end !== at) return null;
  if (last.kind === 'word' || last.kind === 'quoted') {
    const dot = match(dotBeforeDigit);
    return dot === null ? null : make('operator', dot, dot, at);
  }
  const word = last.text === '.' && last.kind === 'operator' ? match(fieldName) : null;
  return word === null ? null : make('word', word.toUpperCase(), `\`${word}\``, at, word.length);
}

function plain(match: (pattern: RegExp) => string | null, at: number): MysqlToken | null {
  const named = match(digitName);
  if (named !== null) return make('word', named.toUpperCase(), `\`${named}\``, at, named.length);
  const digits = match(number);
  if (digits !== null) return make('number', digits, digits, at);
  const word = match(name);
  if (word !== null) return make('word', word.toUpperCase(), word, at);
  const sign = match(operator);
  // Its place in the order of operators makes no table of a column.
  return sign === null ? null : make('operator', sign, sign === '!' ? 'NOT' : sign, at, sign.length);
}

function make(
  kind: MysqlToken['kind'],
  text: string,
  source: string,
  at: number,
  length = source.length,
): MysqlToken {
  return { kind, text, at, end: at + length, source };
}

/** The server runs what stands in some comments, and obeys others. */
function blockComment(sql: string, at: number): string | null {
  if (!sql.startsWith('/*', at)) return null;
  if (/^\/\*(?:!|M!|\+)/i.test(sql.slice(at, at + 4)))
    throw new MysqlLexerError(
      'policy',
      'Comments that the server runs (/*! … */, /*+ … */) are not allowed.',
      at,
    );
  const end = sql.indexOf('*/', at + 2);
  if (end < 0) throw new MysqlLexerError('syntax', 'A comment is not closed.', at);
  const comment = sql.slice(at, end + 2);
  // Servers differ in whether comments nest: one that both read alike has no other inside.
  if (comment.includes('/*', 2))
    throw new MysqlLexerError('policy', 'A comment inside a comment is not allowed.', at);
  return comment;
}

function quoted(sql: string, at: number): MysqlToken | null {
  const quote = sql[at];
  if (quote !== "'" && quote !== '"' && quote !== '`') return null;
  let text = '';
  for (let index = at + 1; index < sql.length; index += 1) {
    const character = sql[index] ?? '';
    if (character === '\\' && quote === "'") {
      index += 1;
      continue;
    }
    if (character !== quote) {
      text += character;
      continue;
    }
    if (sql[index + 1] === quote) {
      text += quote;
      index += 1;
      continue;
    }
    const length = index + 1 - at;
    if (quote === "'") return make('string', '', "'x'", at, length);
    return make('quoted', text, `\`${text.replaceAll('`', '``')}\``, at, length);
  }
  throw new MysqlLexerError('syntax', 'A quote is not closed.', at);
}
