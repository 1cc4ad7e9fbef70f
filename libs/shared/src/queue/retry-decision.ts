import { type AppError, describeError, isAppError, retryable } from '../errors/app-error.js';
import { jobCatalogue, type JobName } from './catalogue.js';
import { isTransientDatabaseError } from '../persistence/database.js';

export type RetryDecision =
  { kind: 'retry'; error: AppError; delayMs: number } | { kind: 'end'; error: AppError };

/**
 * The one place that tells an infrastructure failure, which the same job tries again, from one that ends the query.
 * A model's mistake never comes here: it is an outcome, and becomes a correction.
 * @param tries how often the job has been tried, this time included
 */
export function decideRetry(
  name: JobName,
  thrown: unknown,
  tries: number,
  random: () => number = Math.random,
): RetryDecision {
  const error = toAppError(thrown);
  const entry = jobCatalogue[name];
  if (error.kind === 'permanent' || tries >= entry.tries) return { kind: 'end', error };
  const backoff = Math.min(entry.firstDelayMs * 2 ** (tries - 1), entry.longestDelayMs);
  // Full jitter over the upper half: retries of many queries spread, and none comes at once.
  const delayMs = Math.round(Math.max(backoff * (0.5 + random() / 2), error.retryAfterMs ?? 0));
  return { kind: 'retry', error, delayMs };
}

/** A defect of ours is tried again too: the cause may be passing, and the query's deadline bounds it. */
function toAppError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  const code = isTransientDatabaseError(thrown) ? 'unavailable' : 'internal_error';
  return retryable(code, describeError(thrown), { cause: thrown });
}
