import { z } from 'zod';
import { dialectSchema } from './datasource.js';
import { termSchema } from './snapshot.js';

export const contextTableSchema = z.object({
  name: z.string(),
  /** The table card: the text of the table that goes into the prompt. */
  card: z.string(),
  /** Found by the question, by the foreign keys of those that were, or there because the schema fits whole. */
  via: z.enum(['match', 'join', 'whole']),
  score: z.number(),
});
export type ContextTable = z.infer<typeof contextTableSchema>;

/** An earlier question of the same conversation with the SQL that answered it. */
const turnSchema = z.object({ question: z.string(), sql: z.string() });
export type Turn = z.infer<typeof turnSchema>;

/** What retrieval found for a question, tables in rank order. */
export const contextSchema = z.object({
  dialect: dialectSchema,
  fingerprint: z.string(),
  tables: z.array(contextTableSchema),
  /** Join conditions between the tables, as `a.x = b.y`. */
  joinPaths: z.array(z.string()),
  /** Cell values that occur in the question. */
  values: z.array(z.object({ table: z.string(), column: z.string(), value: z.string() })),
  /** Verified examples most like the question, best first. */
  examples: z.array(z.object({ question: z.string(), sql: z.string() })),
  /** Words of the business that the question uses. Absent in contexts of earlier versions. */
  terms: z.array(termSchema).optional(),
  /** The turns that the question follows up, the newest first. Absent where it opens a topic. */
  turns: z.array(turnSchema).optional(),
});
export type Context = z.infer<typeof contextSchema>;
