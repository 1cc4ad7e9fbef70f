import { APIError } from 'openai';
import { isAppError } from '#shared/errors/app-error';
import type { ChatRequest } from '../chat/chat.client.js';
import type { ChatReply } from '../chat/read-reply.js';

type Ask = (request: ChatRequest) => Promise<ChatReply>;

/**
 * Samples from servers of which some give several in one request, some give one however many are asked (Ollama,
 * LM Studio), and some refuse (older llama.cpp): the last two are asked once a sample.
 */
export class ManySamples {
  private oneByOne = false;

  /** @throws what `ask` throws */
  async from(request: ChatRequest, ask: Ask): Promise<ChatReply> {
    if (request.samples === 1) return ask(request);
    if (this.oneByOne) return each(request, 0, ask);
    let reply: ChatReply;
    try {
      reply = await ask(request);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      reply = await each(request, 0, ask);
      this.oneByOne = true;
      return reply;
    }
    const got = reply.texts.length;
    if (got >= request.samples) return { ...reply, texts: reply.texts.slice(0, request.samples) };
    this.oneByOne = true;
    return together([reply, await each(request, got, ask)]);
  }
}

async function each(request: ChatRequest, from: number, ask: Ask): Promise<ChatReply> {
  const numbers = Array.from({ length: request.samples - from }, (_, at) => request.firstSample + from + at);
  const replies = await Promise.all(
    numbers.map((firstSample) => ask({ ...request, samples: 1, firstSample })),
  );
  return together(replies);
}

/** Tokens are unknown where any of the replies does not tell them. */
function together(replies: readonly ChatReply[]): ChatReply {
  const sum = (key: 'promptTokens' | 'completionTokens') =>
    replies.reduce<number | null>(
      (total, { [key]: tokens }) => (total === null || tokens === null ? null : total + tokens),
      0,
    );
  return {
    texts: replies.flatMap(({ texts }) => texts),
    promptTokens: sum('promptTokens'),
    completionTokens: sum('completionTokens'),
  };
}

function isRefusal(error: unknown): boolean {
  return (
    isAppError(error) &&
    error.code === 'model_refused' &&
    error.cause instanceof APIError &&
    error.cause.status !== 401
  );
}
