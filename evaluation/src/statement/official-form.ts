import { sqlTokens, type SqlToken } from './sql-tokens.js';

export interface OfficialFormOptions {
  /** Keep DISTINCT. The official evaluation removes it from both statements unless told otherwise. */
  keepDistinct: boolean;
  /** Read `value` in a prediction as 1: models trained without values write it in their place. */
  plainValueIsOne: boolean;
}

/** The gold statement as the official evaluator runs it. */
export function officialGold(sql: string, options: OfficialFormOptions): string {
  return executableForm(sql, options);
}

/** The predicted statement as the official evaluator runs it. */
export function officialPrediction(sql: string, options: OfficialFormOptions): string {
  return executableForm(withPlainValues(sql, options), options);
}

export function withPlainValues(sql: string, options: OfficialFormOptions): string {
  return options.plainValueIsOne ? sql.replaceAll('value', '1') : sql;
}

/** Whether the order of rows counts: wherever the gold statement says ORDER BY, subqueries included. */
export function isOrdered(officialGold: string): boolean {
  return officialGold.toLowerCase().includes('order by');
}

function executableForm(sql: string, options: OfficialFormOptions): string {
  const closed = sql.replaceAll('> =', '>=').replaceAll('< =', '<=').replaceAll('! =', '!=');
  const kept = options.keepDistinct ? closed : withoutDistinct(closed);
  return kept.replaceAll(/YEAR\s*\(\s*CURDATE\s*\(\s*\)\s*\)\s*/gi, '2020');
}

/** Of several statements the official removal of DISTINCT keeps the first. */
function withoutDistinct(sql: string): string {
  return firstStatement(sqlTokens(sql))
    .filter((token) => token.kind !== 'word' || token.text.toLowerCase() !== 'distinct')
    .map((token) => token.text)
    .join('');
}

function firstStatement(tokens: SqlToken[]): SqlToken[] {
  let depth = 0;
  const end = tokens.findIndex(({ text }) => {
    if (text === '(') depth++;
    if (text === ')') depth--;
    return text === ';' && depth <= 0;
  });
  return end < 0 ? tokens : tokens.slice(0, end + 1);
}

/** Why the official evaluator's driver would refuse the statement although SQLite prepares it. */
export function driverRefusal(sql: string): string | undefined {
  const tokens = sqlTokens(sql).filter(({ kind }) => kind !== 'space' && kind !== 'comment');
  const parameter = tokens.find(({ kind }) => kind === 'parameter');
  if (parameter) return `no value for the parameter ${parameter.text}`;
  const end = tokens.findIndex(({ text }) => text === ';');
  const more = end >= 0 && tokens.slice(end).some(({ text }) => text !== ';');
  return more ? 'more than one statement' : undefined;
}
