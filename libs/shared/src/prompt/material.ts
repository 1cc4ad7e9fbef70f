import type { Attempt, Candidate } from '../contracts/attempt.js';
import type { Context, ContextTable, Turn } from '../contracts/context.js';
import type { Dialect } from '../contracts/datasource.js';
import type { Term } from '../contracts/snapshot.js';

/** All that a prompt is made of. Lists have what matters most first, so that they are cut from their ends. */
export interface Material {
  question: string;
  dialect: Dialect;
  tables: readonly ContextTable[];
  joins: readonly string[];
  terms: readonly Term[];
  values: readonly Context['values'][number][];
  examples: readonly Context['examples'][number][];
  turns: readonly Turn[];
  /** The newest first. */
  tracebacks: readonly Candidate[];
}

export interface PromptInput {
  question: string;
  context: Context;
  /** Earlier attempts: their failed candidates are told with their tracebacks. */
  attempts: readonly Attempt[];
}

export function materialOf({ question, context, attempts }: PromptInput): Material {
  const { dialect, tables, joinPaths: joins, terms = [], values, examples, turns = [] } = context;
  const tracebacks = attempts
    .flatMap((attempt) => attempt.candidates)
    .filter((candidate) => candidate.error !== undefined)
    .reverse();
  return { question, dialect, tables, joins, terms, values, examples, turns, tracebacks };
}
