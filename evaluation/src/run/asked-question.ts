import { z } from 'zod';
import { attemptSchema } from '#shared/contracts/attempt';
import { queryErrorSchema, queryStatuses, timingsSchema, type QueryView } from '#shared/contracts/query';

/** What the service made of one question, without its rows: the verdict comes from running the statement again. */
export const askedQuestionSchema = z.object({
  index: z.int().nonnegative(),
  queryId: z.string(),
  status: z.enum(queryStatuses),
  sql: z.string().nullable(),
  attempts: z.array(attemptSchema),
  /** Tables of the context, in rank order. */
  tables: z.array(z.string()),
  timings: timingsSchema,
  failure: queryErrorSchema.nullable(),
  conversationId: z.string().optional(),
  /** What the model asked back instead. */
  clarification: z.string().optional(),
});
export type AskedQuestion = z.infer<typeof askedQuestionSchema>;

export function askedQuestion(index: number, query: QueryView): AskedQuestion {
  const { id, status, sql, attempts, tables, timings, error, conversationId, clarification } = query;
  return {
    index,
    queryId: id,
    status,
    sql,
    attempts,
    tables,
    timings,
    failure: error ?? null,
    ...(conversationId !== undefined && { conversationId }),
    ...(clarification !== undefined && { clarification }),
  };
}

/** The statement to score: the chosen one, or the first of the last attempt where none was. */
export function predictedOf({ sql, attempts }: AskedQuestion): string {
  return sql ?? attempts.at(-1)?.candidates[0]?.sql ?? '';
}
