/**
 * What became of a question: `succeeded` and `failed` are the ends of an accepted query, `refused` is a 429, `http` any other
 * answer that is none of the API's, `connection` none at all, `timeout` no end in time. `unsent` was never asked: as many
 * questions were outstanding as the tool has at a time. `interrupted` was outstanding when the tool was stopped.
 */
export const outcomeKinds = [
  'succeeded',
  'failed',
  'refused',
  'http',
  'connection',
  'timeout',
  'unsent',
  'interrupted',
] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

export interface Outcome {
  kind: OutcomeKind;
  /** The service's or the system's code, in letters, digits and `_`; empty where there is nothing more to say. */
  code: string;
  /** Of a refusal: seconds of its `Retry-After`; null without the header. */
  retryAfter?: number | null;
  /** How often it went to another gateway or was repeated because a connection failed. */
  repeats?: number;
}

/** One question of the schedule. Times in milliseconds from the start of the schedule. */
export interface Arrival extends Outcome {
  /** When it was to be asked. Its latency counts from here, whenever it was really sent. */
  at: number;
  /** Null if it was never sent. */
  sentAt: number | null;
  /** Null without an end. */
  endedAt: number | null;
}

/** From the intended arrival to the end; null without an end. */
export function latencyOf({ at, endedAt }: Arrival): number | null {
  return endedAt === null ? null : endedAt - at;
}

/** Codes come from another machine and go into files and terminals. */
export function safeCode(code: unknown): string {
  return typeof code === 'string' && /^\w{1,64}$/u.test(code) ? code : 'unknown';
}
