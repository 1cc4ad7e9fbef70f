import { type RunningApp, startServer } from '#shared/config/app-server';
import { type Environment, parseEnvironment } from '#shared/config/environment';
import { workerReady } from '#shared/config/worker-ready';
import { readCatalogue } from '#shared/models/read-catalogue';
import { generatorSchema } from './config.js';
import { GeneratorModule } from './generator.module.js';

export async function start(environment: Environment): Promise<RunningApp> {
  const config = parseEnvironment(generatorSchema, environment);
  const read = () => readCatalogue(config, environment);
  const catalogue = read();
  const file = config.MODELS_FILE;
  await workerReady(config);
  return startServer(GeneratorModule.forRoot(config, catalogue, file === undefined ? null : { file, read }), {
    host: config.GENERATOR_HOST,
    port: config.GENERATOR_PORT,
  });
}
