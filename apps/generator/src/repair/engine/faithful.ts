import type { Dialect } from '#shared/contracts/datasource';
import { type SqlToken, sqlTokens } from '#shared/sql/sql-tokens';
import { expressionWords } from '#shared/sql/sql-words';

/**
 * Functions that the transpiler writes for others of the same meaning. It also makes DATE(d) of DATE_TRUNC('month', d) for
 * MySQL, and TO_CHAR(d, '%Y') of DATE_FORMAT(d, '%Y'): what calls any other new function is not taken.
 */
const faithful: Record<Dialect, ReadonlySet<string>> = {
  sqlite: new Set([
    'COALESCE',
    'LOWER',
    'UPPER',
    'LENGTH',
    'SUBSTRING',
    'SUBSTR',
    'INSTR',
    'STRFTIME',
    'GROUP_CONCAT',
    'CAST',
  ]),
  postgres: new Set(['COALESCE', 'LOWER', 'UPPER', 'LENGTH', 'SUBSTRING', 'POSITION', 'CAST', 'EXTRACT']),
  mysql: new Set(['COALESCE', 'LOWER', 'UPPER', 'LENGTH', 'SUBSTRING', 'LOCATE', 'CAST', 'EXTRACT']),
};

/** Whether a translation can be trusted to mean the same. */
export function isFaithful(sql: string, translation: string, dialect: Dialect): boolean {
  const known = callsOf(sql);
  return [...callsOf(translation)].every((name) => known.has(name) || faithful[dialect].has(name));
}

function callsOf(sql: string): Set<string> {
  const tokens = sqlTokens(sql);
  const isCall = (token: SqlToken, at: number) =>
    token.kind === 'word' && tokens[at + 1]?.value === '(' && !expressionWords.has(token.value);
  return new Set(tokens.filter(isCall).map(({ value }) => value));
}
