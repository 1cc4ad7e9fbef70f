import { withoutControlSigns } from '#shared/prompt/control-signs';
import { type SqlToken, sqlTokens } from '../../../evaluation/src/statement/sql-tokens.js';

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
    .map(({ kind, text }, at, all) => {
      if (kind === 'quoted') return isLiteral(at, all) ? '?' : text.slice(1, -1).toLowerCase();
      return /^\d/.test(text) ? '?' : text.toLowerCase();
    });
  return withoutAliases(pieces).join(' ');
}

const compares = /^(?:[=<>]|like|ilike|glob|between)$/iu;

/** SQLite takes `"Bob"` for a text where there is no such column, and Spider writes texts so: where something is compared with it. */
function isLiteral(at: number, all: readonly SqlToken[]): boolean {
  const text = all[at]?.text ?? '';
  if (text.startsWith("'")) return true;
  if (!text.startsWith('"') || all[at + 1]?.text === '.') return false;
  const before = (back: number) => all[at - back]?.text.toLowerCase() ?? '';
  if (compares.test(before(1))) return true;
  if (before(1) === 'and') return before(3) === 'between';
  const opened = all.slice(0, at).findLastIndex((token) => !/^["',]/u.test(token.text));
  return all[opened]?.text === '(' && all[opened - 1]?.text.toLowerCase() === 'in';
}

/**
 * Whether a text has what tokenizers take for ends of messages. In prompts it is taken apart; a reply would end there, and a model that
 * learned from it would write it.
 */
export function hasControlSigns(text: string): boolean {
  const plain = text.replaceAll(/\s/gu, ' ');
  return withoutControlSigns(plain) !== plain;
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
