import type { ColumnReference, QueryBlock } from '#shared/sql/query-block';
import type { SqlToken } from '#shared/sql/sql-tokens';
import { isMisspelt } from '#shared/schema/nearest-names';
import type { Mend, View } from '../mend.js';

const signs: ReadonlySet<string> = new Set(['=', '<>', '!=', '<', '<=', '>', '>=']);
const words: ReadonlySet<string> = new Set(['LIKE', 'ILIKE', 'BETWEEN', 'THEN', 'ELSE']);

/** `x = "abc"` on PostgreSQL, where nothing has a name like that: SQLite and MySQL read it as a text. */
export function mendTextInNameQuotes(
  { qualifier, name }: ColumnReference,
  block: QueryBlock,
  view: View,
): Mend | null {
  const { dialect } = view.schema.rules;
  if (dialect !== 'postgres' || qualifier || !name.text.startsWith('"')) return null;
  const { tokens } = view.statement;
  if (!isValue(tokens, tokens.indexOf(name))) return null;
  const columns = block.sources.flatMap((source) => [
    ...(view.resolver.columnsOf(source, block)?.values() ?? []),
  ]);
  if (columns.some((column) => isMisspelt(name.value, column))) return null;
  const text = `'${name.value.replaceAll("'", "''")}'`;
  return { kind: 'dialect', edits: [{ start: name.start, end: name.end, text }] };
}

/** Whether something is compared with it, or it is a result of CASE. */
function isValue(tokens: readonly SqlToken[], at: number): boolean {
  const before = tokens[at - 1];
  if (before?.kind === 'sign' && signs.has(before.value)) return true;
  if (before?.kind === 'word' && words.has(before.value)) return true;
  if (before?.value === 'AND' && tokens[at - 3]?.value === 'BETWEEN') return true;
  let first = at;
  while (tokens[first - 1]?.value === ',' && isText(tokens[first - 2])) first -= 2;
  return tokens[first - 1]?.value === '(' && tokens[first - 2]?.value === 'IN';
}

function isText(token: SqlToken | undefined): boolean {
  return token !== undefined && token.kind !== 'sign' && token.kind !== 'word';
}
