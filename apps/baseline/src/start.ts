import {
  startModelServer,
  type RunningModelServer,
  type ServedModel,
} from '#shared/model-server/model-server';
import { readConfig } from './config.js';
import { reply } from './reply.js';

/** Says in every answer and listing that no language model stands behind it. */
const modelId = 'nano-baseline';

const baseline: ServedModel = {
  id: modelId,
  reply: (messages, n, first) => reply(messages, first + n).slice(first),
};

/** Serves the baseline model until `close`; rejects when the configuration is wrong or the port is taken. */
export async function start(environment: Record<string, string | undefined>): Promise<RunningModelServer> {
  return startModelServer(baseline, readConfig(environment));
}
