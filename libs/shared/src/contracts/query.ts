import { z } from 'zod';
import { attemptSchema } from './attempt.js';
import { datasourceNameSchema } from './datasource.js';
import { storedText } from './text.js';

export const openStatuses = ['queued', 'retrieving', 'generating', 'executing'] as const;
export const finalStatuses = ['succeeded', 'failed', 'cancelled'] as const;
export const queryStatuses = [...openStatuses, ...finalStatuses] as const;
export type QueryStatus = (typeof queryStatuses)[number];
export type FinalStatus = (typeof finalStatuses)[number];

export function isFinal(status: QueryStatus): status is FinalStatus {
  return (finalStatuses as readonly string[]).includes(status);
}

export const stages = ['retrieve', 'generate', 'execute'] as const;
export type Stage = (typeof stages)[number];

export const maxCorrectionsSchema = z.int().min(0).max(5);

/** Of the client's own making, or the id of the conversation's first query, which the gateway gives back. */
export const conversationIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'has 1 to 64 characters of A-Z, a-z, 0-9, _, ., : and -');

export const createQuerySchema = z
  .strictObject({
    question: storedText(4_000, 'The question in plain language'),
    datasource: datasourceNameSchema
      .optional()
      .describe("Name of the datasource; the gateway's default one if left out"),
    maxCorrections: maxCorrectionsSchema
      .optional()
      .describe('Further attempts after SQL that failed; 3 if left out'),
    candidates: z
      .int()
      .min(1)
      .max(16)
      .optional()
      .describe('SQL texts asked of the model in each attempt; 1 if left out'),
    conversationId: conversationIdSchema
      .optional()
      .describe('The conversation that the question goes on with; it begins one of its own if left out'),
    explain: z
      .boolean()
      .optional()
      .describe('Whether to say in words what the SQL of the answer does; no if left out'),
    stream: z
      .boolean()
      .optional()
      .describe("Whether the model's text comes with the events while it is written; false if left out"),
  })
  .meta({ id: 'CreateQuery' });
export type CreateQuery = z.infer<typeof createQuerySchema>;

/** What the chosen SQL does, in words. Neither a text nor a message: the explanation is still to come. */
const explanationSchema = z.object({
  text: z.string().optional(),
  model: z.string().optional().describe('The model that wrote it'),
  message: z.string().optional().describe('Why there is none'),
});
export type Explanation = z.infer<typeof explanationSchema>;

export const cellSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** A cell as JSON carries it: integers past 2^53, decimals, dates and binary (base64) are strings; the column's type tells. */
export type Cell = z.infer<typeof cellSchema>;

export const resultColumnSchema = z.object({
  name: z.string(),
  /** The database's type; empty where the engine has none for an expression. */
  type: z.string(),
});
export type ResultColumn = z.infer<typeof resultColumnSchema>;

export const truncations = ['rows', 'bytes'] as const;

/** Rows of one statement, cut at the first limit it met. */
export interface ResultSet {
  columns: ResultColumn[];
  rows: Cell[][];
  truncated: (typeof truncations)[number] | null;
}

export const queryErrorSchema = z.object({
  code: z.string(),
  stage: z.enum(stages).nullable(),
  message: z.string(),
});
export type QueryError = z.infer<typeof queryErrorSchema>;

/** Milliseconds. Each stage's time is what its handlers worked; `waited` is the rest: queues and hand-overs. */
export const timingsSchema = z.object({
  retrieve: z.number(),
  generate: z.number(),
  execute: z.number(),
  waited: z.number(),
  total: z.number(),
});
export type Timings = z.infer<typeof timingsSchema>;

/** A query as HTTP and `nano ask --json` show it. */
export const querySchema = z
  .object({
    id: z.string(),
    status: z.enum(queryStatuses),
    datasource: z.string(),
    question: z.string(),
    sql: z.string().nullable(),
    columns: z.array(resultColumnSchema),
    rows: z
      .array(z.array(cellSchema))
      .describe('The first page of the answer: all of its rows, or about 1 MiB'),
    rowCount: z.int().optional().describe('Rows of the whole answer; there once the query succeeded'),
    truncated: z.enum(truncations).nullable(),
    attempts: z.array(attemptSchema),
    tables: z.array(z.string()).describe('Tables of the context, in rank order'),
    conversationId: z.string().optional().describe('For a question that goes on from here'),
    followsUp: z
      .array(z.string())
      .optional()
      .describe('Earlier questions that this one was understood to go on from, the newest first'),
    explanation: explanationSchema
      .optional()
      .describe('There where it was asked for, once the query succeeded; empty until it is written'),
    timings: timingsSchema,
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    clarification: z
      .string()
      .optional()
      .describe('What the model asks back: the query succeeded without SQL and rows'),
    error: queryErrorSchema.optional(),
  })
  .meta({ id: 'Query' });
export type QueryView = z.infer<typeof querySchema>;

/** One transition of a query. `id` counts from 1 within the query and orders its events. */
export const queryEventSchema = z.object({
  id: z.int().min(1),
  status: z.enum(queryStatuses),
  attempt: z.int().nonnegative(),
  at: z.iso.datetime(),
  /** What the transition tells: tables found, candidates, the traceback, the error. */
  data: z.record(z.string(), z.unknown()),
});
export type QueryEvent = z.infer<typeof queryEventSchema>;
