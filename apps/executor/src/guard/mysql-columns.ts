import { type AccessPolicy, hiddenColumns } from '#shared/contracts/datasource';
import type { MysqlToken } from './mysql-lexer.js';
import type { MysqlServerFacts } from './mysql-relations.js';

/** What a star may follow when it multiplies. */
const operandWords = /^(?!(?:SELECT|DISTINCT|DISTINCTROW|ALL|HIGH_PRIORITY|STRAIGHT_JOIN|SQL_\w+)$)/;

/**
 * Why a statement could read a hidden column, or null. Nothing here resolves names as the server does, so a statement that
 * mentions a table with hidden columns, wherever it stands, must name its columns one by one: whatever stands for whole
 * rows is refused, and so is every name of a hidden column.
 */
export function hiddenColumnOf(
  tokens: readonly MysqlToken[],
  policy: Pick<AccessPolicy, 'allowColumns' | 'denyColumns'>,
  facts: MysqlServerFacts,
): string | null {
  const hidden = hiddenByTable(policy, facts);
  if (hidden.size === 0) return null;
  const names = new Set(tokens.flatMap(({ kind, text }) => (isName(kind) ? [folded(text)] : [])));
  for (const view of facts.views.keys())
    if (names.has(folded(view)) && reachesAny(view, hidden, facts))
      return `${view} reads a table with columns that may not be read.`;
  const columns = [...hidden].filter(([table]) => names.has(table)).flatMap(([, one]) => [...one]);
  if (columns.length === 0) return null;
  const found = columns.find((column) => names.has(column));
  if (found !== undefined) return `The column ${found} may not be read.`;
  const whole = tokens.some(standsForRows)
    ? '*'
    : ['NATURAL', 'TABLE', '_ROWID'].find((word) => names.has(folded(word)));
  return whole === undefined ? null : `The table has columns that may not be read: ${whole} is not allowed.`;
}

/** `*` that neither multiplies nor stands in COUNT(*). */
function standsForRows({ kind, text }: MysqlToken, index: number, tokens: readonly MysqlToken[]): boolean {
  if (kind !== 'operator' || text !== '*') return false;
  const before = tokens[index - 1];
  if (!before) return true;
  if (before.kind === 'operator')
    return !(before.text === ')' || (before.text === '(' && tokens[index + 1]?.text === ')'));
  return before.kind === 'word' && !operandWords.test(before.text);
}

function hiddenByTable(
  policy: Pick<AccessPolicy, 'allowColumns' | 'denyColumns'>,
  { database, columns }: MysqlServerFacts,
): Map<string, Set<string>> {
  const own = (name: string) =>
    name.toLowerCase().startsWith(`${database}.`) ? name.slice(database.length + 1) : name;
  const entries = (list: readonly string[] | undefined) => list?.map((name) => folded(own(name)));
  return hiddenColumns(
    { allowColumns: entries(policy.allowColumns), denyColumns: entries(policy.denyColumns) },
    (table) =>
      [...columns].filter(([name]) => folded(name) === table).flatMap(([, names]) => names.map(folded)),
  );
}

/** A view whose definition is hidden may read anything. */
function reachesAny(
  view: string,
  hidden: ReadonlyMap<string, unknown>,
  facts: MysqlServerFacts,
  seen = new Set<string>(),
): boolean {
  const reads = facts.views.get(view);
  if (reads === null) return true;
  if (reads === undefined || seen.has(view)) return false;
  seen.add(view);
  return [...reads].some((name) => hidden.has(folded(name)) || reachesAny(name, hidden, facts, seen));
}

function isName(kind: MysqlToken['kind']): boolean {
  return kind === 'word' || kind === 'quoted';
}

/** Equal for all that any collation of identifiers takes for equal. */
function folded(name: string): string {
  return name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toUpperCase().toLowerCase();
}
