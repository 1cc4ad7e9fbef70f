import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { permanent } from '#shared/errors/app-error';
import { sendProblem } from './problem.js';

/** What the router refuses before there is a route. */
export function answerRouterError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const badUrl = error.code === 'FST_ERR_BAD_URL';
  const refusal = badUrl
    ? permanent('invalid_request', 'The path is not percent-encoded as URLs are.')
    : permanent('not_found', 'There is nothing at this path.');
  sendProblem(refusal, request, reply);
}

/** Answers 405 where the path is known with other methods. To be called before the routes are registered. */
export function answerWrongMethods(app: NestFastifyApplication): void {
  const routes: { methods: string[]; path: RegExp }[] = [];
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onRoute', ({ method, url }) => {
    const path = new RegExp(`^${url.replaceAll(/:[^/]+/g, '[^/]+')}/?$`);
    if (!url.includes('*')) routes.push({ methods: [method].flat(), path });
  });
  server.addHook('onRequest', (request, reply, done) => {
    const [path = ''] = request.is404 ? request.url.split('?') : [];
    const allowed = routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    if (allowed.length === 0) {
      done();
      return;
    }
    void reply.header('Allow', allowed.filter((method) => method !== 'HEAD').join(', '));
    sendProblem(permanent('method_not_allowed', `${request.method} does not work here.`), request, reply);
  });
}
