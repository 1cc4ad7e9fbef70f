import type { Candidate, Traceback } from '#shared/contracts/attempt';
import { extractSql } from './extract-sql.js';

interface Found {
  sql: string;
  source: number;
  isWhole: boolean;
}

const noSql: Traceback = { class: 'syntax', message: 'The reply holds no SQL statement.' };
const notWhole: Traceback = {
  class: 'too_large',
  message: 'The statement is not whole: the reply ended at its greatest length.',
  hint: 'Write a shorter statement, and nothing else.',
};

/**
 * Each SQL text once, with the replies that had it. A reply without SQL is a candidate that failed: the model may do better
 * when told. So is a statement that was cut off, as its beginning may run and mean something else.
 * @param cut numbers of the replies that the server cut off
 */
export function toCandidates(replies: readonly string[], cut: readonly number[] = []): Candidate[] {
  const found = replies.flatMap((reply, source): Found[] => {
    const sql = extractSql(reply);
    // What ends before the reply does was finished.
    return sql === null
      ? []
      : [{ sql, source, isWhole: !cut.includes(source) || !reply.trimEnd().endsWith(sql) }];
  });
  const whole = found.filter(({ isWhole }) => isWhole);
  const [broken] = found;
  if (whole.length === 0) return [rejected(broken?.sql ?? replies[0] ?? '', broken ? notWhole : noSql)];
  return [...Map.groupBy(whole, ({ sql }) => sql)].map(([sql, same]) => ({
    sql,
    outcome: 'proposed',
    ...(same.length > 1 && { votes: same.length }),
    ...(replies.length > 1 && { sources: same.map(({ source }) => source) }),
  }));
}

function rejected(text: string, error: Traceback): Candidate {
  return { sql: text.slice(0, 2_000), outcome: 'rejected', error };
}
