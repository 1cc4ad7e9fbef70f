import { type RunningApp, startServer } from '#shared/config/app-server';
import { type Environment, parseEnvironment } from '#shared/config/environment';
import { createDatabase, createPool } from '#shared/persistence/database';
import { migrateToLatest } from '#shared/persistence/migrator';
import { prepareQueue } from '#shared/queue/queue-backend';
import packageJson from '#package.json' with { type: 'json' };
import { type GatewayConfig, gatewaySchema } from './config.js';
import { GatewayModule } from './gateway.module.js';
import { allowLargeBodies } from './http/body-limits.js';
import { answerRouterError, answerWrongMethods } from './http/framework-answers.js';
import { measureRequests } from './http/http.metrics.js';
import { serveOpenApi } from './http/openapi.js';

/** Migrates state and queue before it listens: the workers wait for that. */
export async function start(environment: Environment): Promise<RunningApp> {
  const config = parseEnvironment(gatewaySchema, environment);
  await prepareQueue(config.QUEUE_URL ?? config.DATABASE_URL);
  await migrate(config);
  return startServer(GatewayModule.forRoot(config), {
    host: config.GATEWAY_HOST,
    port: config.GATEWAY_PORT,
    answerRouterError,
    prepare: (app) => {
      allowLargeBodies(app);
      answerWrongMethods(app);
      measureRequests(app);
      serveOpenApi(app, packageJson.version);
    },
  });
}

async function migrate(config: GatewayConfig): Promise<void> {
  const pool = createPool(config.DATABASE_URL, 1);
  try {
    await migrateToLatest(createDatabase(pool));
  } finally {
    await pool.end();
  }
}
