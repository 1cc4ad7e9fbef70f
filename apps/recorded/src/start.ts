import type { Environment } from '#shared/config/environment';
import { startModelServer, type RunningModelServer } from '#shared/model-server/model-server';
import { readConfig } from './config.js';
import { RecordedModel } from './recorded-model.js';
import { readRecordings } from './recordings.js';

/** Serves the recorded outputs until `close`; rejects when the configuration or a file is wrong or the port is taken. */
export async function start(environment: Environment): Promise<RunningModelServer> {
  const config = readConfig(environment);
  const model = new RecordedModel(readRecordings(config));
  return startModelServer(model, { host: config.RECORDED_HOST, port: config.RECORDED_PORT });
}
