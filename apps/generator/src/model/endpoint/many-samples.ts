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
    if (request.samples === 1) return firstOf(await ask(request), 1);
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
    if (got >= request.samples) return firstOf(reply, request.samples);
    this.oneByOne = true;
    return together([reply, await each(request, got, ask)]);
  }
}

async function each(request: ChatRequest, from: number, ask: Ask): Promise<ChatReply> {
  const numbers = Array.from({ length: request.samples - from }, (_, at) => request.firstSample + from + at);
  const replies = await Promise.all(
    numbers.map(async (firstSample) => firstOf(await ask({ ...request, samples: 1, firstSample }), 1)),
  );
  return together(replies);
}

/** A server may give more than it was asked for. */
function firstOf({ texts, cut, ...reply }: ChatReply, samples: number): ChatReply {
  return { ...reply, texts: texts.slice(0, samples), cut: cut.filter((at) => at < samples) };
}

/** Tokens are unknown where any of the replies does not tell them. */
function together(replies: readonly ChatReply[]): ChatReply {
  const sum = (key: 'promptTokens' | 'completionTokens') =>
    replies.reduce<number | null>(
      (total, { [key]: tokens }) => (total === null || tokens === null ? null : total + tokens),
      0,
    );
  return {
    ...textsOf(replies),
    promptTokens: sum('promptTokens'),
    completionTokens: sum('completionTokens'),
  };
}

/** One after the other, with the numbers of those that were cut. */
export function textsOf(
  replies: readonly Pick<ChatReply, 'texts' | 'cut'>[],
): Pick<ChatReply, 'texts' | 'cut'> {
  const all = replies.flatMap(({ texts, cut }) =>
    texts.map((text, at) => ({ text, isCut: cut.includes(at) })),
  );
  return { texts: all.map(({ text }) => text), cut: all.flatMap(({ isCut }, at) => (isCut ? [at] : [])) };
}

function isRefusal(error: unknown): boolean {
  return (
    isAppError(error) &&
    error.code === 'model_refused' &&
    error.cause instanceof APIError &&
    error.cause.status !== 401
  );
}
