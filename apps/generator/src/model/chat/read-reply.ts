import { createParser } from 'eventsource-parser';
import { APIError } from 'openai';
import { z } from 'zod';
import { permanent, retryable } from '#shared/errors/app-error';

/** What we rely on of a reply. Servers differ in the rest, so only this is checked. */
const usageSchema = z
  .object({ prompt_tokens: z.int().nonnegative(), completion_tokens: z.int().nonnegative() })
  .nullish();
const replySchema = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: usageSchema,
});
const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        index: z.int().nonnegative().default(0),
        delta: z
          .object({
            content: z.string().nullish(),
            reasoning_content: z.string().nullish(),
            reasoning: z.string().nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  usage: usageSchema,
  error: z.looseObject({ message: z.string().optional(), code: z.unknown() }).nullish(),
});

/** Far past what any limit of tokens allows: a server that floods is cut off. */
const mostText = 4 * 1024 * 1024;
const mostWhole = 4 * mostText;
/** A server says so where it stopped at `max_tokens`. */
const cutReason = 'length';

export interface ChatReply {
  texts: string[];
  /** Numbers of the texts that the server cut off, as they had all tokens that a reply may have. */
  cut: number[];
  promptTokens: number | null;
  completionTokens: number | null;
}

export interface Listener {
  onFirstToken: () => void;
  /** Text of the first sample. */
  onText: ((text: string, offset: number) => void) | undefined;
}

/**
 * Reads a chat completion, streamed or, from a server that does not stream, whole.
 * @throws AppError `model_reply_malformed`: retryable when it ends early or is no JSON, permanent when it is no completion
 */
export async function readReply(response: Response, listener: Listener): Promise<ChatReply> {
  if (response.headers.get('content-type')?.includes('text/event-stream'))
    return readStream(response, listener);
  const parsed = replySchema.safeParse(JSON.parse(await wholeText(response)));
  if (!parsed.success)
    throw permanent(
      'model_reply_malformed',
      `The model server's reply is not a chat completion: ${z.prettifyError(parsed.error)}`,
    );
  listener.onFirstToken();
  const texts = parsed.data.choices.map((choice) => choice.message.content ?? '');
  listener.onText?.(texts[0] ?? '', 0);
  const cut = parsed.data.choices.flatMap(({ finish_reason: reason }, at) =>
    reason === cutReason ? [at] : [],
  );
  return { texts, cut, ...tokensOf(parsed.data.usage) };
}

async function wholeText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > mostWhole) throw tooLarge();
  }
  return text;
}

function tooLarge(): Error {
  return permanent('model_reply_malformed', "The model server's reply is too large.");
}

async function readStream(response: Response, listener: Listener): Promise<ChatReply> {
  const stream = new ReplyStream(listener);
  const flood = { isOn: false };
  const parser = createParser({
    maxBufferSize: mostText,
    onEvent: ({ data }) => stream.take(data),
    onError: ({ type }) => {
      flood.isOn ||= type === 'max-buffer-size-exceeded';
    },
  });
  const decoder = new TextDecoder();
  for await (const bytes of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    if (flood.isOn) throw tooLarge();
  }
  return stream.reply();
}

class ReplyStream {
  private readonly texts: string[] = [];
  private readonly cut = new Set<number>();
  private usage: z.infer<typeof usageSchema> = null;
  private hasStarted = false;
  private hasEnded = false;
  private size = 0;

  constructor(private readonly listener: Listener) {}

  take(data: string): void {
    if (data === '[DONE]') {
      this.hasEnded = true;
      return;
    }
    const parsed = chunkSchema.safeParse(JSON.parse(data));
    if (!parsed.success)
      throw permanent(
        'model_reply_malformed',
        `A piece of the reply is none: ${z.prettifyError(parsed.error)}`,
      );
    const { choices, usage, error } = parsed.data;
    if (error) throw streamError(error);
    if (usage) this.usage = usage;
    for (const { index, delta, finish_reason: reason } of choices) {
      if (reason) this.hasEnded = true;
      if (reason === cutReason) this.cut.add(index);
      if (delta?.content || delta?.reasoning_content || delta?.reasoning || reason) this.start();
      this.append(index, delta?.content ?? '');
    }
  }

  /** @throws when the stream stopped before its end */
  reply(): ChatReply {
    if (!this.hasEnded) throw retryable('model_reply_malformed', "The model server's reply ends early.");
    return {
      texts: Array.from(this.texts, (text: string | undefined) => text ?? ''),
      cut: [...this.cut],
      ...tokensOf(this.usage),
    };
  }

  private start(): void {
    if (!this.hasStarted) this.listener.onFirstToken();
    this.hasStarted = true;
  }

  private append(index: number, piece: string): void {
    this.size += piece.length;
    if (this.size > mostText || index > 1_000) throw tooLarge();
    const text = this.texts[index] ?? '';
    this.texts[index] = text + piece;
    if (index === 0 && piece !== '') this.listener.onText?.(piece, text.length);
  }
}

/** vLLM begins a stream before it looks at all of the request, and puts into it the status that it would have answered with. */
function streamError(error: { message?: string | undefined; code?: unknown }): Error {
  const status = Number(error.code);
  if (Number.isInteger(status) && status >= 400 && status < 600)
    return APIError.generate(status, { error }, undefined, new Headers());
  return retryable('model_error', `The model server broke off: ${error.message ?? 'without a reason'}`);
}

function tokensOf(usage: z.infer<typeof usageSchema>) {
  return { promptTokens: usage?.prompt_tokens ?? null, completionTokens: usage?.completion_tokens ?? null };
}
