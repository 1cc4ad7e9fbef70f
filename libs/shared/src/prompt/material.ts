import type { Attempt, Candidate } from '../contracts/attempt.js';
import type { Context, ContextTable } from '../contracts/context.js';
import type { Dialect } from '../contracts/datasource.js';

/** An earlier question of the same conversation with the SQL that answered it. */
export interface Turn {
  question: string;
  sql: string;
}

/** All that a prompt is made of. Lists have what matters most first, so that they are cut from their ends. */
export interface Material {
  question: string;
  dialect: Dialect;
  tables: readonly ContextTable[];
  joins: readonly string[];
  terms: NonNullable<Context['terms']>;
  values: Context['values'];
  examples: Context['examples'];
  turns: readonly Turn[];
  /** The newest first. */
  tracebacks: readonly Candidate[];
}

export interface PromptInput {
  question: string;
  context: Context;
  /** Earlier attempts: their failed candidates are told with their tracebacks. */
  attempts: readonly Attempt[];
  /** The newest first. */
  turns?: readonly Turn[];
}

export function materialOf({ question, context, attempts, turns = [] }: PromptInput): Material {
  const { dialect, tables, joinPaths: joins, terms = [], values, examples } = context;
  const tracebacks = attempts
    .flatMap((attempt) => attempt.candidates)
    .filter((candidate) => candidate.error !== undefined)
    .reverse();
  return { question, dialect, tables, joins, terms, values, examples, turns, tracebacks };
}
