import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Metrics } from '#shared/telemetry/metrics';

/** Counts and times every response by its route pattern; hijacked event streams have no response time and do not count. */
export function measureRequests(app: NestFastifyApplication): void {
  const { requests } = app.get(Metrics).gateway;
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unknown';
      if (!route.endsWith('/events'))
        requests.observe(
          { method: request.method, route, status: reply.statusCode },
          reply.elapsedTime / 1_000,
        );
      done();
    });
}
