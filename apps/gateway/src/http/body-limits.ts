import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Bytes, where a document may be larger than other requests: descriptions of some thousand tables. */
const limits: Readonly<Record<string, number>> = {
  'PUT /v1/datasources/:name/descriptions': 8 * 1024 * 1024,
};

/** To be called before the routes are registered. */
export function allowLargeBodies(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      const limit = limits[`${[route.method].flat().join()} ${route.url}`];
      if (limit !== undefined) route.bodyLimit = limit;
    });
}
