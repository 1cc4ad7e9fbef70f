import { type RunningApp, startServer } from '#shared/config/app-server';
import { type Environment, parseEnvironment } from '#shared/config/environment';
import packageJson from '#package.json' with { type: 'json' };
import { gatewaySchema } from './config.js';
import { GatewayModule } from './gateway.module.js';
import { allowLargeBodies } from './http/body-limits.js';
import { answerRouterError, answerWrongMethods } from './http/framework-answers.js';
import { measureRequests } from './http/http.metrics.js';
import { serveOpenApi } from './http/openapi.js';
import { migrate } from './migrate.js';
import { serveOperators } from './operators/operator.board.js';

/** Migrates state and queue before it listens: the workers wait for that. */
export async function start(environment: Environment): Promise<RunningApp> {
  const config = parseEnvironment(gatewaySchema, environment);
  await migrate(environment);
  return startServer(GatewayModule.forRoot(config), {
    host: config.GATEWAY_HOST,
    port: config.GATEWAY_PORT,
    answerRouterError,
    prepare: (app) => {
      allowLargeBodies(app);
      answerWrongMethods(app);
      measureRequests(app);
      serveOpenApi(app, packageJson.version);
      serveOperators(app, config);
    },
  });
}
