import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { type AppError, describeError, permanent, retryable } from '#shared/errors/app-error';
import type { CatalogueEndpoint } from '#shared/models/catalogue';

type Server = Pick<CatalogueEndpoint, 'url' | 'totalMs'>;

/** Statuses of a server or proxy that is starting, overloaded or broken for the moment; others of 4xx blame the request. */
const passingStatuses = new Set([408, 409, 425]);

/** How vLLM, TGI, llama.cpp, Ollama and OpenAI word a prompt that does not fit. */
const contextLength =
  /context.{0,12}length|maximum context|context window|max_model_len|too many tokens|exceeds? the available context/i;

/** The one table of what a failed request to the model server means. */
export function toModelError(thrown: unknown, server: Server, model: string): AppError {
  const options = { cause: thrown };
  if (thrown instanceof APIConnectionTimeoutError) {
    return retryable('model_timeout', `The model server did not answer in ${server.totalMs} ms.`, options);
  }
  if (thrown instanceof APIConnectionError) {
    return retryable(
      'model_unreachable',
      `The model server at ${server.url} cannot be reached: ${describeError(thrown.cause ?? thrown)}`,
      options,
    );
  }
  if (!(thrown instanceof APIError) || thrown.status === undefined) {
    // A body that is no JSON, or that ends early.
    return retryable(
      'model_reply_malformed',
      `The model server's reply cannot be read: ${describeError(thrown)}`,
      options,
    );
  }
  return toStatusError(thrown as APIError, thrown.status as number, model);
}

function toStatusError(thrown: APIError, status: number, model: string): AppError {
  const said = `The model server answered ${status}: ${thrown.message}`;
  const retryAfterMs = readRetryAfter(thrown.headers?.get('retry-after') ?? null);
  const options = { cause: thrown, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  if (status === 429) return retryable('model_overloaded', said, options);
  if (status >= 500) return retryable('model_error', said, options);
  if (passingStatuses.has(status)) return retryable('model_error', said, options);
  if (contextLength.test(thrown.message)) return permanent('context_too_long', said, options);
  if (status === 404)
    return permanent('model_unknown', `The model server does not know ${model}: ${thrown.message}`, options);
  return permanent('model_refused', said, options);
}

/** What asks for more is not believed: nobody waits so long for an answer. */
const longestWaitMs = 600_000;

/** Seconds or an HTTP date (RFC 9110, 10.2.3), as milliseconds from now. */
export function readRetryAfter(header: string | null, now = Date.now()): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (!Number.isNaN(seconds)) return bounded(seconds * 1_000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : bounded(date - now);
}

function bounded(ms: number): number {
  return Math.min(Math.max(ms, 0), longestWaitMs);
}
