import type { Candidate } from '../../contracts/attempt.js';
import type { Context, ContextTable } from '../../contracts/context.js';
import type { PromptInput } from '../material.js';

export function table(name: string, columns = 1): ContextTable {
  const lines = Array.from({ length: columns }, (_, at) => `  ${at === 0 ? 'id' : `c${at}`} INTEGER`);
  return { name, card: [`table ${name}`, ...lines].join('\n'), via: 'match', score: 1 };
}

type Given = Partial<Context> & { failed?: Candidate[] };

/** A question over two tables, with whatever else is given. */
export function promptInput(question: string, { failed = [], ...context }: Given): PromptInput {
  const attempt = { model: 'm', promptTokens: null, completionTokens: null, generateMs: 0, executeMs: 0 };
  return {
    question,
    context: {
      dialect: 'sqlite',
      fingerprint: '',
      tables: [table('orders'), table('customers')],
      joinPaths: ['orders.customer_id = customers.id'],
      values: [],
      examples: [],
      ...context,
    },
    attempts: failed.map((candidate, at) => ({ ...attempt, number: at + 1, candidates: [candidate] })),
  };
}
