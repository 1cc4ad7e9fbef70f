import { type Link, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { startRootSpan } from '#shared/tracing/query-trace';

/**
 * The request that made a query, as the root of the query's trace. It ends with its response. The trace of a client that
 * sends `traceparent` is linked: one a query stays one a query, also where a client asks many in one trace.
 */
export function traceRequest(queryId: string, request: FastifyRequest, reply: FastifyReply): void {
  const span = startRootSpan('gateway', queryId, 'POST /v1/queries', {
    kind: SpanKind.SERVER,
    startTime: Date.now() - reply.elapsedTime,
    links: linksOf(request),
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/v1/queries',
      'nano.query.id': queryId,
    },
  });
  if (!span.isRecording()) return;
  reply.raw.once('close', () => {
    span.setAttribute('http.response.status_code', reply.raw.statusCode);
    span.end();
  });
}

function linksOf(request: FastifyRequest): Link[] {
  const context = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, request.headers));
  return context ? [{ context }] : [];
}
