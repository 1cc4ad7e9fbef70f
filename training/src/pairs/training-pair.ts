import type { Traceback } from '#shared/contracts/attempt';

/** What the model is to learn to reply to one question. */
export interface TrainingPair {
  database: string;
  question: string;
  /** What a person wrote or approved. */
  sql: string;
  /** A set of questions, a verified example, or a recorded failure with the SQL that mends it. */
  source: 'set' | 'verified' | 'correction';
  /** Of a verified example: its id. */
  example?: string;
  /** Of a correction: what failed, and what the model is told of it. */
  failed?: { sql: string; error: Traceback };
}
