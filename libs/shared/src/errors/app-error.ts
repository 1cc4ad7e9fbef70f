import type { Stage } from '../contracts/query.js';
import { errorCatalogue, type ErrorCode } from './catalogue.js';

interface ErrorOptions {
  stage?: Stage;
  cause?: unknown;
  /** The least time to wait before the next try, where the other side named one. */
  retryAfterMs?: number;
}

/** The one error class that crosses module borders. Made by `retryable` and `permanent` only. */
export class AppError extends Error {
  override readonly name = 'AppError';

  constructor(
    readonly kind: 'retryable' | 'permanent',
    readonly code: ErrorCode,
    message: string,
    private readonly options: ErrorOptions,
  ) {
    super(message, { cause: options.cause });
  }

  get stage(): Stage | null {
    return this.options.stage ?? errorCatalogue[this.code].stage;
  }

  get retryAfterMs(): number | undefined {
    return this.options.retryAfterMs;
  }
}

/** Infrastructure that may work again: the same job is retried and no correction is spent. */
export function retryable(code: ErrorCode, message: string, options: ErrorOptions = {}): AppError {
  return new AppError('retryable', code, message, options);
}

/** Nothing that a retry would change. */
export function permanent(code: ErrorCode, message: string, options: ErrorOptions = {}): AppError {
  return new AppError('permanent', code, message, options);
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}

/** A short text of any thrown value, causes included, for messages and logs. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.message || (error as { code?: string }).code || error.name;
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner === undefined || isAppError(error) ? own : `${own}: ${describeError(inner)}`;
}
