import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Logger } from '@nestjs/common';
import { describeError, isAppError, permanent, retryable } from '#shared/errors/app-error';
import { QUEUES, type Queues } from '#shared/queue/tokens';
import type { GatewayConfig } from '../config.js';
import { type Problem, sendProblem } from '../http/problem.js';
import { OperatorAccess } from './operator.access.js';
import { OperatorChanges } from './operator.changes.js';

const path = '/operators/queues';
const logger = new Logger('Operators');

/** A Redis that is away answers nothing; the request must end all the same, as the gateway drains by it. */
const answerWithinMs = 10_000;

/** The page styles its elements inline. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Bull Board's page would have its fonts from the internet. */
const foreignLink = /<link\b[^>]*\bhref="(?:https?:)?\/\/[^>]*>/gi;

/**
 * Serves Bull Board to operators below `/operators/queues`; nothing is there without NANO_OPERATOR_KEYS. By its own adapter: the
 * module `@bull-board/nestjs` has no place for the hooks, see docs/decisions/0014.
 */
export function serveOperators(app: NestFastifyApplication, { NANO_OPERATOR_KEYS }: GatewayConfig): void {
  if (NANO_OPERATOR_KEYS === undefined) return;
  const access = app.get(OperatorAccess);
  const changes = app.get(OperatorChanges);
  const guarded = async (scope: FastifyInstance) => {
    scope.addHook('onRoute', (route) => {
      route.handlerTimeout = answerWithinMs;
    });
    scope.addHook(
      'onRequest',
      refusing(async (request, reply) =>
        changes.admit(
          request,
          request.routeOptions.url?.slice(path.length) ?? '',
          access.nameOf(request, reply),
        ),
      ),
    );
    scope.addHook(
      'preHandler',
      refusing((request) => changes.begin(request)),
    );
    scope.addHook('preSerialization', async (_request, _reply, payload) => shownByPage(payload));
    scope.addHook('onSend', async (request, reply, payload) => {
      await changes.end(request, reply);
      return withoutForeignLinks(secured(reply), payload);
    });
    scope.setNotFoundHandler((request, reply) =>
      sendProblem(permanent('not_found', 'There is nothing at this path.'), request, reply),
    );
    await scope.register(board(Object.values(app.get<Queues>(QUEUES))));
  };
  app.getHttpAdapter().getInstance().register(guarded, { prefix: path });
}

function board(queues: Queues[keyof Queues][]) {
  const serverAdapter = new FastifyAdapter().setBasePath(path);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue)),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Nano-Analyst queues', hideDocsLink: true } },
  });
  return serverAdapter.registerPlugin();
}

/** A hook that answers what its check throws as the gateway answers refusals: whatever it is, the board does nothing. */
function refusing(check: (request: FastifyRequest, reply: FastifyReply) => Promise<void>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    try {
      await check(request, reply);
      return undefined;
    } catch (error) {
      if (!isAppError(error) || error.kind === 'retryable')
        logger.error(`${request.method} ${request.routeOptions.url ?? ''}: ${describeError(error)}`);
      const refusal = isAppError(error)
        ? error
        : retryable('unavailable', 'The queue or the database does not answer; nothing was done.');
      if (!reply.sent) sendProblem(refusal, request, reply);
      return reply;
    }
  };
}

/** The page shows `error` and `message` of an answer that is none, and nothing where they are missing. */
function shownByPage(payload: unknown): unknown {
  const { title, detail } = (payload ?? {}) as Partial<Problem>;
  return title === undefined || detail === undefined
    ? payload
    : { ...(payload as Problem), error: title, message: detail };
}

function secured(reply: FastifyReply): FastifyReply {
  return reply
    .header('Content-Security-Policy', contentSecurityPolicy)
    .header('X-Content-Type-Options', 'nosniff')
    .header('Referrer-Policy', 'no-referrer')
    .header('Cache-Control', 'no-store');
}

function withoutForeignLinks(reply: FastifyReply, payload: unknown): unknown {
  if (typeof payload !== 'string' || !String(reply.getHeader('Content-Type')).startsWith('text/html'))
    return payload;
  const page = payload.replaceAll(foreignLink, '');
  void reply.header('Content-Length', Buffer.byteLength(page));
  return page;
}
