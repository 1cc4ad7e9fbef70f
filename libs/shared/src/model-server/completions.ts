import { randomUUID } from 'node:crypto';
import { z } from 'zod';

const contentSchema = z.union([
  z.string(),
  z
    .array(z.looseObject({ type: z.string(), text: z.string().optional() }))
    .transform((parts) => parts.map((part) => part.text ?? '').join('')),
]);

/** Sampling settings are accepted and have no effect: such models are deterministic. */
export const completionRequestSchema = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content: contentSchema.nullish() })).min(1),
  n: z
    .int()
    .min(1)
    .max(64)
    .nullish()
    .transform((n) => n ?? 1),
  /** Number of the first sample, as the generator asks for further ones: what a seed is to a model that draws. */
  seed: z
    .int()
    .min(0)
    .max(64)
    .nullish()
    .catch(0)
    .transform((seed) => seed ?? 0),
  stream: z
    .boolean()
    .nullish()
    .transform((stream) => stream ?? false),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
});
export type Message = z.infer<typeof completionRequestSchema>['messages'][number];

export function completionOf(model: string, messages: Message[], replies: string[]) {
  const promptTokens = countTokens(messages.map((message) => message.content ?? '').join('\n'));
  const completionTokens = replies.reduce((sum, text) => sum + countTokens(text), 0);
  return {
    id: `chatcmpl-${randomUUID()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: replies.map((content, index) => ({
      index,
      message: { role: 'assistant', content, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    })),
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
}
export type Completion = ReturnType<typeof completionOf>;

/** The completion as the pieces of a stream: role, text, finish, and the usage where the client asks for it. */
export function* chunksOf(completion: Completion, includeUsage: boolean) {
  const { id, created, model } = completion;
  const base = {
    id,
    object: 'chat.completion.chunk',
    created,
    model,
    ...(includeUsage ? { usage: null } : {}),
  };
  for (const { index, message } of completion.choices) {
    const piece = (delta: object, finish: string | null) => ({
      ...base,
      choices: [{ index, delta, logprobs: null, finish_reason: finish }],
    });
    yield piece({ role: 'assistant', content: '' }, null);
    for (const text of message.content.match(/\s*\S+|\s+$/g) ?? []) yield piece({ content: text }, null);
    yield piece({}, 'stop');
  }
  if (includeUsage) yield { ...base, choices: [], usage: completion.usage };
}

/** Words and signs: there is no vocabulary of tokens, and the figure only has to grow with the text. */
function countTokens(text: string): number {
  return text.match(/\w+|[^\s\w]/g)?.length ?? 0;
}
