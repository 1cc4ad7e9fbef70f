import { describeError } from '#shared/errors/app-error';
import { plain } from '../output/terminal.js';

/** One line of the doctor's report. */
export interface Check {
  name: string;
  status: 'ok' | 'warn' | 'fail';
  detail: string;
  /** What to do, where it is not ok. */
  mend?: string;
}

export const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail });
export const warn = (name: string, detail: string, mend: string): Check => ({
  name,
  status: 'warn',
  detail,
  mend,
});
export const fail = (name: string, detail: string, mend: string): Check => ({
  name,
  status: 'fail',
  detail,
  mend,
});

const mostCharacters = 600;

/**
 * Much of a line is what servers said: what could move the cursor, turn the direction of text or begin another line is taken
 * out of it, and no server fills the screen.
 */
export function shownSafely({ name, status, detail, mend }: Check): Check {
  return { name: safe(name), status, detail: safe(detail), ...(mend !== undefined && { mend: safe(mend) }) };
}

function safe(text: string): string {
  const line = plain(text.replaceAll(/[\s\u2028\u2029]+/gu, ' ')).replaceAll(/\p{Cf}/gu, '�');
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line;
}

/** A check that breaks is a check that fails. */
export async function attempt(
  name: string,
  mend: string,
  check: () => Check | Promise<Check>,
): Promise<Check> {
  try {
    return await check();
  } catch (error) {
    return fail(name, describeError(error), mend);
  }
}
