import { type RunningApp, startServer } from '#shared/config/app-server';
import { type Environment, parseEnvironment } from '#shared/config/environment';
import { workerReady } from '#shared/config/worker-ready';
import { retrieverSchema } from './config.js';
import { RetrieverModule } from './retriever.module.js';

export async function start(environment: Environment): Promise<RunningApp> {
  const config = parseEnvironment(retrieverSchema, environment);
  await workerReady(config);
  return startServer(RetrieverModule.forRoot(config), {
    host: config.RETRIEVER_HOST,
    port: config.RETRIEVER_PORT,
  });
}
