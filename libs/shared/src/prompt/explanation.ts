import type { Dialect } from '../contracts/datasource.js';
import { oneLine } from './parts.js';
import { aboutDialect, fill, type PromptMessage, templateOf } from './template.js';

/** What begins the line of the statement that is to be explained. */
export const explainLabel = 'Explain: ';

/** Asks for the words for a statement that answered a question. */
export function buildExplanationPrompt(question: string, sql: string, dialect: Dialect): PromptMessage[] {
  const parts = { ...aboutDialect(dialect), question: oneLine(question), sql: oneLine(sql) };
  return fill(templateOf('explain'), parts);
}
