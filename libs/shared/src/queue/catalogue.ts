import { z } from 'zod';

const stagePayload = z.object({ queryId: z.uuid(), attempt: z.int().nonnegative() });

interface JobEntry {
  payload: z.ZodType;
  /** How often an infrastructure failure is tried again before it ends the query. */
  tries: number;
  /** Milliseconds before the first retry; doubled each time. */
  firstDelayMs: number;
  longestDelayMs: number;
}

/**
 * Every job of the service. Names are stable: jobs in flight survive a deployment, so a new field of a payload is
 * optional. A test makes sure that each has exactly one processor.
 */
export const jobCatalogue = {
  retrieve: { payload: stagePayload, tries: 10, firstDelayMs: 200, longestDelayMs: 10_000 },
  generate: { payload: stagePayload, tries: 10, firstDelayMs: 250, longestDelayMs: 15_000 },
  /** What an answer's SQL does, in words. It comes after the end of the query. */
  explain: { payload: stagePayload, tries: 5, firstDelayMs: 500, longestDelayMs: 15_000 },
  execute: { payload: stagePayload, tries: 10, firstDelayMs: 200, longestDelayMs: 10_000 },
  index: {
    /** `scheduled`: its time has come, and the refresh is still to be asked for. */
    payload: z.object({ datasourceId: z.uuid(), scheduled: z.literal(true).optional() }),
    tries: 5,
    firstDelayMs: 500,
    longestDelayMs: 10_000,
  },
  check: {
    payload: z.object({ checkId: z.uuid(), part: z.int().nonnegative() }),
    tries: 10,
    firstDelayMs: 500,
    longestDelayMs: 10_000,
  },
} as const satisfies Record<string, JobEntry>;

export type JobName = keyof typeof jobCatalogue;
export type Payload<N extends JobName> = z.infer<(typeof jobCatalogue)[N]['payload']>;
export const jobNames = Object.keys(jobCatalogue) as JobName[];

/** A worker's lock on a job, renewed at half time. A killed worker's job is picked up after at most lock + check. */
export const lockDurationMs = 10_000;
export const stalledCheckMs = 3_000;

/** A job that ended its worker this often is set aside: it is likely the cause. */
export const maxCrashes = 3;

/** Set-aside jobs kept for operators. */
export const deadLettersKept = 1_000;

export function jobId<N extends JobName>(name: N, payload: Payload<N>): string {
  if ('datasourceId' in payload) return `${payload.datasourceId}-${name}`;
  if ('checkId' in payload) return `${payload.checkId}-${name}-${payload.part}`;
  return `${payload.queryId}-${name}-${payload.attempt}`;
}
