import { goOn, type Reading } from './conversation/go-on.js';
import { tokenise } from './language/tokenise.js';
import { findMentions } from './linking/find-mentions.js';
import { splitQuotedNames } from './linking/split-names.js';
import { variantsOf } from './linking/variants.js';
import { weighMentions } from './linking/weigh-mentions.js';
import type { Prompt } from './prompt/parse-prompt.js';
import { readQuestion } from './reading/read-question.js';
import { preferSaidLinks } from './reading/link-preference.js';
import { buildSchema, type Schema } from './schema/model.js';
import type { Query } from './sql/query.js';
import { renderQuery } from './sql/render.js';

/** Tokens that are read: the rules' time grows with the square, and past a few sentences they understand nothing. */
const longestQuestion = 120;

/** SQL for the prompt's question, the likeliest reading first, all different; none when nothing was understood. */
export function* translate(prompt: Prompt): Generator<string> {
  const schema = buildSchema(prompt);
  const earlier = readTurns(prompt, schema);
  const seen = new Set<string>();
  for (const { tokens, query } of withEarlier(earlier, () => readings(prompt.question, prompt, schema))) {
    const sql = query && renderQuery(schema, query, preferSaidLinks(tokens));
    if (!sql || seen.has(sql)) continue;
    seen.add(sql);
    yield sql;
  }
}

/** What each linking of a question's words to the schema makes of it. */
function* readings(question: string, { values }: Prompt, schema: Schema): Generator<Reading> {
  const tokens = splitQuotedNames(tokenise(question).slice(0, longestQuestion), values);
  const mentions = findMentions(tokens, schema, values);
  weighMentions(mentions, tokens, schema);
  for (const linking of [mentions, ...variantsOf(mentions).map((variant) => variant.mentions)])
    yield { tokens, mentions: linking, query: readQuestion(schema, tokens, linking) };
}

/** The earlier turns as one query, each going on from the ones before. */
function readTurns(prompt: Prompt, schema: Schema): Query | null {
  let earlier: Query | null = null;
  for (const { question } of prompt.turns) {
    const [reading] = withEarlier(earlier, () => readings(question, prompt, schema));
    earlier = reading?.query ?? earlier;
  }
  return earlier;
}

/** As going on from the earlier turns first, then by themselves. */
function* withEarlier(earlier: Query | null, read: () => Generator<Reading>): Generator<Reading> {
  if (earlier)
    for (const reading of read()) {
      const query = goOn(earlier, reading);
      if (query) yield { ...reading, query };
    }
  yield* read();
}
