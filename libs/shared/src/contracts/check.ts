import { z } from 'zod';
import { tracebackClasses } from './attempt.js';
import { datasourceNameSchema } from './datasource.js';
import { queryErrorSchema } from './query.js';

export const checkStatuses = ['open', 'done', 'failed', 'cancelled'] as const;
export type CheckStatus = (typeof checkStatuses)[number];

/** `limited`: it ran and a limit of time, rows, bytes or memory cut it. `error`: the SQL is wrong, or it could not be run. */
export const checkOutcomes = ['allowed', 'rejected', 'limited', 'error'] as const;

/** The sandbox's layers, outermost first. */
export const layers = ['guard', 'engine', 'limit', 'process'] as const;
/** Which of the sandbox's layers refused or cut a statement. */
export type Layer = (typeof layers)[number];

const mostStatements = 1_000;
/** Longer than any statement that is run, so that the sandbox itself refuses one that is too long. */
export const longestCheckedText = 32_000;

export const createCheckSchema = z
  .strictObject({
    datasource: datasourceNameSchema,
    statements: z
      .array(z.string().max(longestCheckedText))
      .min(1)
      .max(mostStatements)
      .describe('SQL texts, each through the same guard and sandbox as the statements of a query'),
    dryRun: z.boolean().default(false).describe('Validates and explains, and runs nothing'),
  })
  .meta({ id: 'CreateCheck' });
export type CreateCheck = z.input<typeof createCheckSchema>;

/** What became of one statement. */
export const verdictSchema = z.object({
  outcome: z.enum(checkOutcomes),
  layer: z.enum(layers).nullable().describe('The layer that refused or cut it'),
  class: z.enum(tracebackClasses).nullable(),
  message: z.string().nullable(),
  elapsedMs: z.number(),
});
export type Verdict = z.infer<typeof verdictSchema>;

export const checkResultSchema = verdictSchema.extend({
  number: z.int().min(1).describe('Of the statement, from 1'),
});

export const checkSchema = z
  .object({
    id: z.string(),
    datasource: z.string(),
    status: z.enum(checkStatuses),
    dryRun: z.boolean(),
    statements: z.int(),
    results: z
      .array(checkResultSchema)
      .describe('In order, from the first one asked for to the first that is still to come'),
    error: queryErrorSchema.optional(),
  })
  .meta({ id: 'Check' });
export type CheckView = z.infer<typeof checkSchema>;
