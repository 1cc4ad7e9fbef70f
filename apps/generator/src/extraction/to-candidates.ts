import type { Candidate } from '#shared/contracts/attempt';
import { extractSql } from './extract-sql.js';

/** Each SQL text once, with the replies that had it. A reply without SQL is a candidate that failed: the model may do better when told. */
export function toCandidates(replies: readonly string[]): Candidate[] {
  const found = Map.groupBy(
    replies.map((reply, source) => ({ sql: extractSql(reply), source })).filter(hasSql),
    ({ sql }) => sql,
  );
  if (found.size > 0)
    return [...found].map(([sql, same]) => ({
      sql,
      outcome: 'proposed',
      ...(same.length > 1 && { votes: same.length }),
      ...(replies.length > 1 && { sources: same.map(({ source }) => source) }),
    }));
  const message = 'The reply holds no SQL statement.';
  return [
    { sql: (replies[0] ?? '').slice(0, 2_000), outcome: 'rejected', error: { class: 'syntax', message } },
  ];
}

function hasSql(reply: { sql: string | null; source: number }): reply is { sql: string; source: number } {
  return reply.sql !== null;
}
