import { startModelServer, type RunningModelServer } from '#shared/model-server/model-server';
import { readConfig } from './config.js';
import { reply } from './reply.js';

/** Says in every answer and listing that no language model stands behind it. */
const modelId = 'nano-baseline';

/** Serves the baseline model until `close`; rejects when the configuration is wrong or the port is taken. */
export async function start(environment: Record<string, string | undefined>): Promise<RunningModelServer> {
  return startModelServer({ id: modelId, reply }, readConfig(environment));
}
