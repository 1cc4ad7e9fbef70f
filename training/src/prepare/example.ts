import { createHash } from 'node:crypto';
import type { Context } from '#shared/contracts/context';
import { isAppError } from '#shared/errors/app-error';
import type { PromptInput } from '#shared/prompt/material';
import { type BuiltPrompt, buildPrompt, promptTokens } from '#shared/prompt/prompt';
import { replyOf, type TemplateName } from '#shared/prompt/template';
import type { TrainingPair } from '../pairs/training-pair.js';

/** A line of train.jsonl. */
export interface TrainingExample {
  messages: { role: 'system' | 'user' | 'assistant'; content: string }[];
  meta: {
    id: string;
    database: string;
    source: TrainingPair['source'];
    /** Id of the verified example that it is made of. */
    example?: string;
    question: string;
    sql: string;
    /** Names of the context's tables. */
    tables: string[];
    distractors: number;
    template: TemplateName;
    version: number;
  };
}

export interface ExampleOptions {
  template: TemplateName;
  /** Tables of other databases, at the end of the context. */
  distractors: number;
  /** Tokens that prompt and reply may have together, as estimated. */
  maxTokens: number;
}

/**
 * The messages that the service would send for the question to a model with so much room, and the reply that it should get.
 * Null where not even one table, the question and the reply fit.
 */
export function toExample(
  pair: TrainingPair,
  context: Context,
  options: ExampleOptions,
): TrainingExample | null {
  const { database, question, sql, source, failed } = pair;
  const reply = { role: 'assistant' as const, content: replyOf(options.template, sql) };
  const room = options.maxTokens - promptTokens([reply]);
  const prompt = built(
    { question, context, attempts: failed ? [attemptOf(failed)] : [] },
    options.template,
    room,
  );
  if (!prompt) return null;
  const { messages, facts } = prompt;
  const id = createHash('sha256')
    .update(JSON.stringify([database, question, sql, failed?.sql]))
    .digest('hex');
  const cut = facts.cut?.tables ?? 0;
  return {
    messages: [...messages, reply],
    meta: {
      id: id.slice(0, 16),
      database,
      source,
      ...(pair.example !== undefined && { example: pair.example }),
      question,
      sql,
      tables: context.tables.slice(0, context.tables.length - cut).map(({ name }) => name),
      distractors: Math.max(0, options.distractors - cut),
      template: options.template,
      version: facts.version,
    },
  };
}

function built(input: PromptInput, template: TemplateName, room: number): BuiltPrompt | null {
  try {
    return buildPrompt(input, template, room);
  } catch (error) {
    if (isAppError(error) && error.code === 'context_too_long') return null;
    throw error;
  }
}

function attemptOf({ sql, error }: NonNullable<TrainingPair['failed']>): PromptInput['attempts'][number] {
  return {
    number: 1,
    model: '',
    candidates: [{ sql, outcome: 'failed', error }],
    promptTokens: null,
    completionTokens: null,
    generateMs: 0,
    executeMs: null,
  };
}
