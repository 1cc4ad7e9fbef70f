/** A piece of a statement that means something; white space and comments are left out. */
export interface SqlToken {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'sign';
  /** As it stands. */
  text: string;
  /** Words in upper case, quoted names without their quotes, the rest as it stands. */
  value: string;
  /** Offset into the SQL, and the offset behind it. */
  start: number;
  end: number;
}

const pattern =
  /(?<gap>\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]\n]*\])|(?<number>\d[\w.]*|\.\d\w*)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<sign><=>|->>|->|\|\||::|<>|!=|<=|>=|==|<<|>>|[\s\S])/uy;

/** What every dialect makes of a text, but for its own ways to quote strings. A quote that is not closed is a sign. */
export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(sql); match; match = pattern.exec(sql)) {
    const { string, quoted, number, word } = match.groups ?? {};
    const [text] = match;
    if (match.groups?.['gap'] !== undefined) continue;
    const place = { text, start: match.index, end: match.index + text.length };
    if (word !== undefined) tokens.push({ kind: 'word', value: text.toUpperCase(), ...place });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', value: unquoted(text), ...place });
    else if (string !== undefined) tokens.push({ kind: 'string', value: text, ...place });
    else if (number !== undefined) tokens.push({ kind: 'number', value: text, ...place });
    else tokens.push({ kind: 'sign', value: text, ...place });
  }
  return tokens;
}

function unquoted(text: string): string {
  const quote = text.at(-1) ?? '';
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}

/** The name that a word, a quoted name, or a text as an alias stands for, as it is written. */
export function nameOf({ kind, text, value }: SqlToken): string {
  if (kind === 'string') return unquoted(text);
  return kind === 'quoted' ? value : text;
}
