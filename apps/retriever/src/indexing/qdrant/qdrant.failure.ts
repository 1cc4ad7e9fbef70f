import {
  QdrantClientResourceExhaustedError,
  QdrantClientTimeoutError,
  QdrantClientUnexpectedResponseError,
} from '@qdrant/js-client-rest';
import { type AppError, describeError, isAppError, permanent, retryable } from '#shared/errors/app-error';

/** Below 500, those that may work again. */
const transientStatuses = new Set([408, 425, 429]);

/** What a request to Qdrant that failed means; undefined for what is no failure of Qdrant's. */
export function toAppError(error: unknown): AppError | undefined {
  if (isAppError(error)) return error;
  if (!isError(error)) return undefined;
  const status = statusOf(error);
  if (status === undefined) {
    if (isForeign(error))
      return permanent(
        'index_invalid',
        `What answers at QDRANT_URL is not Qdrant: ${describeError(error)}`,
        options(error),
      );
    return isOutage(error) ? unavailable(describeError(error), error) : undefined;
  }
  const said = `${status} ${saidBy(error)}`;
  if (status >= 500 || transientStatuses.has(status)) return unavailable(said, error);
  const mend =
    status === 401 || status === 403 ? 'QDRANT_API_KEY is missing or wrong' : 'Qdrant refused a request';
  return permanent('index_invalid', `${mend}: ${said}`, options(error));
}

/** The HTTP status that Qdrant answered with. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof QdrantClientResourceExhaustedError) return 429;
  // What the client makes of a 429 whose Retry-After is a date.
  if (error instanceof Error && error.message.startsWith('Invalid retryAfter value')) return 429;
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : undefined;
}

/** `fetch` may throw errors of another realm. */
function isError(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'name' in error && 'message' in error;
}

function unavailable(said: string, error: Error): AppError {
  // Of a time with several digits the client keeps the first one; delays that double get there all the same.
  const retryAfterMs =
    error instanceof QdrantClientResourceExhaustedError ? error.retry_after * 1_000 : undefined;
  return retryable('index_unavailable', `Qdrant at QDRANT_URL: ${said}`, {
    ...options(error),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function options(cause: Error) {
  return { stage: 'retrieve', cause } as const;
}

/** A proxy's page, or JSON of something else. */
function isForeign(error: Error): boolean {
  return (
    error instanceof QdrantClientUnexpectedResponseError ||
    error.name === 'SyntaxError' ||
    error.message === 'Result came uninitialized'
  );
}

/** `fetch` throws a TypeError for whatever keeps it from an answer. */
function isOutage(error: Error): boolean {
  return (
    error instanceof QdrantClientTimeoutError ||
    (error.name === 'TypeError' && ['fetch failed', 'terminated'].includes(error.message))
  );
}

/** Qdrant's own words for it. */
function saidBy(error: Error): string {
  const { data } = error as { data?: { status?: { error?: unknown } } };
  const said = data?.status?.error;
  return typeof said === 'string' ? said.slice(0, 500) : error.message;
}
