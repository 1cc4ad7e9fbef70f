import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from '#shared/errors/app-error';
import { errorCatalogue, type ErrorCode } from '#shared/errors/catalogue';

/** A problem document of RFC 9457, with our stable `code`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
}

export function sendProblem(error: AppError, request: FastifyRequest, reply: FastifyReply): void {
  if (error.retryAfterMs !== undefined)
    void reply.header('Retry-After', Math.ceil(error.retryAfterMs / 1_000));
  if (error.code === 'unauthorized' && !reply.hasHeader('WWW-Authenticate'))
    void reply.header('WWW-Authenticate', 'Bearer');
  const status = errorCatalogue[error.code].http ?? 500;
  const detail =
    error.code === 'internal_error'
      ? `The gateway failed on this request (${request.id}). Its log has the cause.`
      : error.message;
  const problem: Problem = {
    type: `urn:nano-analyst:error:${error.code}`,
    title: errorCatalogue[error.code].meaning,
    status,
    detail,
    code: error.code,
  };
  void reply.status(status).header('Content-Type', 'application/problem+json').send(problem);
}
