import { tokenise } from './language/tokenise.js';
import { findMentions } from './linking/find-mentions.js';
import { splitQuotedNames } from './linking/split-names.js';
import { variantsOf } from './linking/variants.js';
import { weighMentions } from './linking/weigh-mentions.js';
import type { Prompt } from './prompt/parse-prompt.js';
import { readQuestion } from './reading/read-question.js';
import { preferSaidLinks } from './reading/link-preference.js';
import { buildSchema } from './schema/model.js';
import { renderQuery } from './sql/render.js';

/** Tokens that are read: the rules' time grows with the square, and past a few sentences they understand nothing. */
const longestQuestion = 120;

/** SQL for the prompt's question, the likeliest reading first, all different; none when nothing was understood. */
export function* translate(prompt: Prompt): Generator<string> {
  const schema = buildSchema(prompt);
  const tokens = splitQuotedNames(tokenise(prompt.question).slice(0, longestQuestion), prompt.values);
  const mentions = findMentions(tokens, schema, prompt.values);
  weighMentions(mentions, tokens, schema);
  const preferred = preferSaidLinks(tokens);
  const seen = new Set<string>();
  for (const linking of [mentions, ...variantsOf(mentions).map((variant) => variant.mentions)]) {
    const query = readQuestion(schema, tokens, linking);
    const sql = query && renderQuery(schema, query, preferred);
    if (!sql || seen.has(sql)) continue;
    seen.add(sql);
    yield sql;
  }
}
