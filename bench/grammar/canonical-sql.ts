import type { NamedTable } from '../../apps/generator/src/grammar/names.js';

const tokens = /'(?:[^']|'')*'|"[^"]*"|`[^`]*`|\d+(?:\.\d+)?|[A-Za-z_][\w]*|[<>!]\s?=|<>|\|\||[^\s]/g;
const keywordsBeforeParenthesis = new Set(
  'select distinct from where and or not in on having by as between when then else union intersect except exists join over using all case limit'.split(
    ' ',
  ),
);

/**
 * The same statement as the grammar would have it written: single blanks, names in the schema's letters, texts in single quotes.
 * Nothing that bears on its result is changed.
 */
export function canonicalSql(sql: string, tables: readonly NamedTable[]): string {
  const tableNames = lookup(tables.map((table) => table.name));
  const names = lookup(tables.flatMap((table) => table.columns.map((column) => column.name)));
  for (const [small, name] of tableNames) if (!names.has(small)) names.set(small, name);
  let text = '';
  let before = '';
  for (const [token] of sql.replace(/;\s*$/, '').matchAll(tokens)) {
    const tight =
      text === '' || /[.(]$/.test(text) || /^[.),]$/.test(token) || (token === '(' && isCall(before));
    text += (tight ? '' : ' ') + written(token, /^(?:from|join)$/i.test(before) ? tableNames : names);
    before = token;
  }
  return text;
}

function lookup(names: readonly string[]): Map<string, string> {
  return new Map(names.map((name) => [name.toLowerCase(), name]));
}

function isCall(word: string): boolean {
  return /^\w+$/.test(word) && !keywordsBeforeParenthesis.has(word.toLowerCase());
}

function written(token: string, names: ReadonlyMap<string, string>): string {
  if (token.startsWith('"')) {
    const inside = token.slice(1, -1);
    // SQLite reads a name where there is one, else a text.
    return names.has(inside.toLowerCase()) ? token : `'${inside.replaceAll("'", "''")}'`;
  }
  if (/^[<>!]\s=$/.test(token)) return token.replace(/\s/, '');
  if (!/^[A-Za-z_]/.test(token)) return token;
  return names.get(token.toLowerCase()) ?? (/^t\d$/i.test(token) ? token : token.toUpperCase());
}
