import type { Message } from '#shared/model-server/completions';
import { RefusedRequest } from '#shared/model-server/model-server';
import { explainLabel } from '#shared/prompt/explanation';
import { parsePrompt, type Prompt } from './prompt/parse-prompt.js';
import { translate } from './translate.js';

const noSchema =
  'I am a rule-based baseline, not a language model: I can only turn a question over a described schema into SQL, and this message has none.';
/** In the form that the prompt offers for it. */
const notAnswerable =
  'NOT_ANSWERABLE: I am a rule-based baseline, not a language model, and found nothing of this question in the schema.';
const noExplanation =
  'The rule-based baseline is no language model and explains nothing; set LLM_BASE_URL for one that does.';
const notUnderstood =
  'I am a rule-based baseline, not a language model, and I do not understand this question well enough to write SQL for it.';

/** `n` replies, each with SQL that differs as long as there are readings left; the last one repeats from then on. */
export function reply(messages: Message[], n: number): string[] {
  const text = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  if (text.split('\n').some((line) => line.startsWith(explainLabel)))
    throw new RefusedRequest('explains_nothing', noExplanation);
  const prompt = parsePrompt(text);
  if (!prompt) return Array.from({ length: n }, () => noSchema);
  const failed = new Set(prompt.failed.map(normalise));
  const readings: string[] = [];
  let isUnderstood = false;
  for (const sql of readingsOf(prompt)) {
    isUnderstood = true;
    if (!failed.has(normalise(sql))) readings.push(sql);
    if (readings.length === n) break;
  }
  if (!isUnderstood) return Array.from({ length: n }, () => notAnswerable);
  return Array.from({ length: n }, (_, at) => {
    const sql = readings[at] ?? readings.at(-1);
    return sql === undefined ? notUnderstood : `\`\`\`sql\n${sql}\n\`\`\``;
  });
}

/** A verified example that asks the same has the answer. */
function* readingsOf(prompt: Prompt): Generator<string> {
  for (const { question, sql } of prompt.examples)
    if (normalise(question) === normalise(prompt.question)) yield sql;
  yield* translate(prompt);
}

function normalise(sql: string): string {
  return sql.replaceAll(/\s+/g, ' ').replace(/;\s*$/, '').trim().toLowerCase();
}
