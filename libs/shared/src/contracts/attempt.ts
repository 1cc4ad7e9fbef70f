import { z } from 'zod';

export const tracebackClasses = [
  'syntax',
  'unknown_table',
  'unknown_column',
  'ambiguous_column',
  'type_mismatch',
  'function',
  'grouping',
  'timeout',
  'too_large',
  'policy',
  'other',
] as const;
export type TracebackClass = (typeof tracebackClasses)[number];

/** What the model is told of a failed candidate. */
export const tracebackSchema = z.object({
  class: z.enum(tracebackClasses),
  /** The engine's own message, or the guard's reason. */
  message: z.string(),
  /** Character offset into the SQL, from 0, where the engine names one. */
  position: z.int().nonnegative().optional(),
  hint: z.string().optional(),
});
export type Traceback = z.infer<typeof tracebackSchema>;

/** What static repair may change of a statement. */
export const repairKinds = [
  'spelling',
  'qualifier',
  'table',
  'ambiguous',
  'join',
  'join_condition',
  'unneeded_join',
  'grouping',
  'order',
  'comparison',
  'parentheses',
  'trailing_text',
  'dialect',
] as const;
export type RepairKind = (typeof repairKinds)[number];

export const repairSchema = z.object({
  kind: z.enum(repairKinds),
  from: z.string().describe('What stood there; empty where something was added'),
  to: z.string(),
});
export type Repair = z.infer<typeof repairSchema>;

/** `proposed` has not run yet; `skipped` did not run because another candidate had decided. */
export const candidateOutcomes = ['proposed', 'succeeded', 'failed', 'rejected', 'skipped'] as const;

export const candidateSchema = z.object({
  sql: z.string(),
  outcome: z.enum(candidateOutcomes),
  votes: z.int().min(2).optional().describe('How many of the replies had this text; 1 if left out'),
  sources: z
    .array(z.int().nonnegative())
    .optional()
    .describe('Which of several replies had this text, from 0'),
  repairs: z
    .array(repairSchema)
    .optional()
    .describe("What was changed of the model's text before it ran, in order"),
  error: tracebackSchema.optional(),
  rowCount: z.int().optional(),
  elapsedMs: z.number().optional(),
});
export type Candidate = z.infer<typeof candidateSchema>;

/** Which prompt an attempt was asked with. */
const promptFactsSchema = z.object({
  /** Name and version of the template: equal ones have the same wording. */
  template: z.string(),
  version: z.int().min(1),
  cut: z
    .record(z.string(), z.int().min(1))
    .optional()
    .describe('How many of each part were left out, so that the prompt fits the model'),
});
export type PromptFacts = z.infer<typeof promptFactsSchema>;

/** How many samples were asked for. Fewer than wanted where the first ones agreed, or many queries waited. */
export const samplingSchema = z.object({
  wanted: z.int().min(2).describe('As the query says'),
  steps: z.array(z.int().min(1)).describe('Samples asked for, one step after the other'),
});
export type Sampling = z.infer<typeof samplingSchema>;

export const fallbackReasons = ['adapter_missing', 'adapter_not_loaded', 'unavailable'] as const;

/** Another model or adapter than the catalogue's choice wrote the candidates. */
export const fallbackSchema = z.object({
  wanted: z.string().describe('The model or adapter that was wanted'),
  reason: z.enum(fallbackReasons),
});
export type Fallback = z.infer<typeof fallbackSchema>;

/** Where SQL comes from that no model wrote: a verified example with this question, or with other literals in it. */
export const originSchema = z.object({
  kind: z.enum(['verified_example', 'near_example']),
  exampleId: z.string(),
  question: z.string().describe('Of the example'),
  literals: z
    .array(z.object({ from: z.string(), to: z.string() }))
    .optional()
    .describe('What was replaced in a near example'),
});
export type Origin = z.infer<typeof originSchema>;

/** What an attempt tells beside its candidates. Every field is optional: older attempts lack it. */
export const attemptDetailsSchema = z.object({
  endpoint: z.string().optional().describe('Endpoint that answered, as the catalogue of models names it'),
  fallback: fallbackSchema.optional().describe('There where another model or adapter was wanted'),
  constrained: z.literal(true).optional().describe('The server held the replies to a grammar'),
  sampling: samplingSchema.optional().describe('There where several samples were wanted'),
  gpuSeconds: z.number().optional().describe("By the catalogue's price"),
  prompt: promptFactsSchema.optional().describe('The template that the prompt was written by'),
  origin: originSchema
    .optional()
    .describe('The verified example that its SQL comes from; absent where a model wrote it'),
});
export type AttemptDetails = z.infer<typeof attemptDetailsSchema>;

/** Stands for the model where an example answered. */
export const noModel = 'verified-example';

export const attemptSchema = z.object({
  ...attemptDetailsSchema.shape,
  number: z.int().min(1),
  /** The model that wrote the candidates, as its server names it. */
  model: z.string(),
  candidates: z.array(candidateSchema),
  promptTokens: z.int().nullable(),
  completionTokens: z.int().nullable(),
  generateMs: z.number(),
  executeMs: z.number().nullable(),
});
export type Attempt = z.infer<typeof attemptSchema>;
