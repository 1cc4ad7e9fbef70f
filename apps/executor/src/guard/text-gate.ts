import type { Traceback } from '#shared/contracts/attempt';

export const maxSqlBytes = 20_000;
/** Words, numbers and signs. The guard parses where others wait: 6,000 take 0.05 s, four times that when it is new. */
export const maxSqlParts = 6_000;
const part = /[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu;

/**
 * Characters that show a reader another text than the engine reads: controls but tab and line ends,
 * direction overrides and marks, line and paragraph separators.
 */
const deceptive =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** The first gate, equal for every dialect: what passes reads the same to every reader and every parser. */
export function checkText(sql: string): Traceback | null {
  if (sql.trim() === '') return { class: 'syntax', message: 'There is no statement.' };
  const bytes = Buffer.byteLength(sql);
  if (bytes > maxSqlBytes) {
    return {
      class: 'too_large',
      message: `The statement has ${bytes} bytes; at most ${maxSqlBytes} are run.`,
    };
  }
  const parts = partsOf(sql);
  if (parts > maxSqlParts) {
    return {
      class: 'too_large',
      message: `The statement has ${parts} words, numbers and signs; at most ${maxSqlParts} are run.`,
    };
  }
  if (!sql.isWellFormed()) return { class: 'syntax', message: 'The statement is not well-formed Unicode.' };
  const position = sql.search(deceptive);
  if (position >= 0) {
    const code = sql.charCodeAt(position).toString(16).toUpperCase().padStart(4, '0');
    return {
      class: 'syntax',
      message: `The statement contains the control or direction character U+${code}.`,
      position,
      hint: 'Write plain text; control characters are not allowed, not even in strings.',
    };
  }
  return null;
}

function partsOf(sql: string): number {
  let parts = 0;
  for (part.lastIndex = 0; part.test(sql);) parts += 1;
  return parts;
}
