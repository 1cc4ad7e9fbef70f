import { tokenise } from './language/tokenise.js';
import { findMentions } from './linking/find-mentions.js';
import { weighMentions } from './linking/weigh-mentions.js';
import type { Prompt } from './prompt/parse-prompt.js';
import { readQuestion } from './reading/read-question.js';
import { buildSchema } from './schema/model.js';
import { renderQuery } from './sql/render.js';

/** SQL for the prompt's question, the likeliest reading first; empty when nothing was understood. */
export function translate(prompt: Prompt): string[] {
  const schema = buildSchema(prompt);
  const tokens = tokenise(prompt.question);
  const mentions = findMentions(tokens, schema, prompt.values);
  weighMentions(mentions, tokens, schema);
  const query = readQuestion(schema, tokens, mentions);
  const sql = query && renderQuery(schema, query);
  return sql ? [sql] : [];
}
