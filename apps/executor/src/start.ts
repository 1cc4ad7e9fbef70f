import { type RunningApp, startServer } from '#shared/config/app-server';
import { type Environment, parseEnvironment } from '#shared/config/environment';
import { workerReady } from '#shared/config/worker-ready';
import { executorSchema } from './config.js';
import { ExecutorModule } from './executor.module.js';

export async function start(environment: Environment): Promise<RunningApp> {
  const config = parseEnvironment(executorSchema, environment);
  await workerReady(config);
  return startServer(ExecutorModule.forRoot(config), {
    host: config.EXECUTOR_HOST,
    port: config.EXECUTOR_PORT,
  });
}
