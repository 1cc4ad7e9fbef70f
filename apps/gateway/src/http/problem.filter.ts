import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
  ServiceUnavailableException,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, describeError, isAppError, permanent, retryable } from '#shared/errors/app-error';
import { errorCatalogue, type ErrorCode } from '#shared/errors/catalogue';
import { isTransientDatabaseError } from '#shared/persistence/database';
import { sendProblem } from './problem.js';

const codesByStatus: Record<number, ErrorCode> = {
  400: 'invalid_request',
  401: 'unauthorized',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
};

/** Every error leaves the gateway through here, as a problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    if (thrown instanceof ServiceUnavailableException) {
      // Readiness: every app answers it in the same form, which names the part that is down.
      void reply.status(thrown.getStatus()).send(thrown.getResponse());
      return;
    }
    const error = toAppError(thrown);
    const status = errorCatalogue[error.code].http ?? 500;
    if (status >= 500)
      this.logger.error(
        `${request.method} ${request.routeOptions.url ?? ''} (${request.id}): ${describeError(thrown)}`,
      );
    if (!reply.raw.headersSent) sendProblem(error, request, reply);
  }
}

function toAppError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  if (isTransientDatabaseError(thrown))
    return retryable('unavailable', 'The database cannot be reached at the moment.', {
      cause: thrown,
      retryAfterMs: 2_000,
    });
  const status =
    thrown instanceof HttpException
      ? thrown.getStatus()
      : (thrown as { statusCode?: number } | null)?.statusCode;
  const code =
    status === undefined
      ? undefined
      : (codesByStatus[status] ?? (status < 500 ? 'invalid_request' : undefined));
  return code === undefined
    ? permanent('internal_error', describeError(thrown), { cause: thrown })
    : permanent(code, describeError(thrown), { cause: thrown });
}
