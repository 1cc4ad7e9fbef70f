import { sqlTokens } from '../../../evaluation/src/statement/sql-tokens.js';

/** Equal for questions that differ in case, Unicode forms, punctuation and white space only. */
export function questionForm(question: string): string {
  return question
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

/**
 * The skeleton of a statement: literals masked, names of aliases and their dots taken out, case and white space folded.
 * Names of tables and columns stay, so that two skeletons are equal only where they ask the same of a database.
 */
export function sqlSkeleton(sql: string): string {
  const pieces = sqlTokens(sql.replace(/[\s;]+$/u, ''))
    .filter(({ kind }) => kind !== 'space' && kind !== 'comment')
    .map(({ kind, text }) => {
      if (kind === 'quoted' && text.startsWith("'")) return '?';
      if (kind === 'quoted') return text.slice(1, -1).toLowerCase();
      return /^\d/.test(text) ? '?' : text.toLowerCase();
    });
  return withoutAliases(pieces).join(' ');
}

const alias = /^t\d+$/;

/** Spider's aliases, `T1` to `Tn`: whether a statement has them says nothing of what it asks. */
function withoutAliases(pieces: readonly string[]): string[] {
  return pieces.filter((piece, at) => {
    if (alias.test(piece)) return false;
    if (piece === '.') return !alias.test(pieces[at - 1] ?? '');
    return piece !== 'as' || !alias.test(pieces[at + 1] ?? '');
  });
}
