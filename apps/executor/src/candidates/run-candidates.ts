import type { Candidate } from '#shared/contracts/attempt';
import type { Executed } from './choice.js';

/** Candidates of one attempt at once; a datasource's own bound holds besides. */
const parallel = 4;

/** Runs each different statement once, a few at a time. Duplicates get the outcome of their first. */
export async function runCandidates(
  candidates: readonly Candidate[],
  run: (sql: string) => Promise<Executed>,
): Promise<Executed[]> {
  const runnable = candidates.filter(({ outcome }) => outcome !== 'rejected');
  const statements = [...new Map(runnable.toReversed().map(({ sql }) => [normalised(sql), sql])).values()];
  const outcomes = new Map<string, Executed>();
  const lane = async (): Promise<void> => {
    for (let sql = statements.shift(); sql !== undefined; sql = statements.shift())
      outcomes.set(normalised(sql), await run(sql));
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return candidates.map((candidate) => {
    const executed = candidate.outcome === 'rejected' ? undefined : outcomes.get(normalised(candidate.sql));
    if (!executed) return { candidate, result: null };
    return {
      candidate: { ...candidate, ...executed.candidate, sql: candidate.sql },
      result: executed.result,
    };
  });
}

const quotedOrSpace = /'[^']*'|"[^"]*"|`[^`]*`|\s+/g;

/**
 * Equal for statements that differ in white space and the final semicolon only. Where a comment, a backslash or a dollar
 * sign could make white space mean something, the text itself.
 */
export function normalised(sql: string): string {
  const statement = sql.trim().replace(/[\s;]+$/, '');
  if (/--|\/\*|[#\\$]/.test(statement)) return statement;
  return statement.replaceAll(quotedOrSpace, (part) => (/^\s/.test(part) ? ' ' : part));
}
