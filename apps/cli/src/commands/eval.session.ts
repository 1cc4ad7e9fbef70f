import { delimiter, resolve } from 'node:path';
import type { GatewayClient } from '../client/gateway-client.js';
import { ServerClient } from '#shared/models/server-client';
import type { CliConfig } from '../config.js';
import { loadApp } from '../embedded/apps.js';
import { inOwnHome } from '../embedded/own-home.js';
import { withSession } from './with-session.js';

interface SessionOptions {
  /** The deployment to ask; one is started for the call else. */
  url: string | undefined;
  /** Recorded outputs to answer from. */
  recorded: { questions: string; outputs: string[]; port: number } | null;
}

const answerWithinMs = 5_000;

type Work = (client: GatewayClient, interrupt: AbortSignal) => Promise<void>;

/** Runs the work against a service; one that answers from recorded outputs has a home of its own for the call. */
export async function withEvaluatedSession(
  config: CliConfig,
  { url, recorded }: SessionOptions,
  work: Work,
): Promise<void> {
  if (!recorded) return withSession(config, url, ({ client }, interrupt) => work(client, interrupt));
  const start = await loadApp('recorded');
  const model = await start({
    RECORDED_PORT: String(recorded.port),
    RECORDED_QUESTIONS: resolve(recorded.questions),
    RECORDED_OUTPUTS: recorded.outputs.map((file) => resolve(file)).join(delimiter),
  });
  try {
    if (url !== undefined)
      return await withSession(config, url, ({ client }, interrupt) => work(client, interrupt));
    const baseUrl = `${model.url}/v1`;
    const { models } = await new ServerClient(baseUrl, undefined, answerWithinMs).list();
    await fromRecording(config, { baseUrl, model: models[0]?.name, apiKey: undefined }, work);
  } finally {
    await model.close();
  }
}

function fromRecording(config: CliConfig, llm: NonNullable<CliConfig['llm']>, work: Work): Promise<void> {
  const environment = {
    // Every recorded output takes part, unless the caller measures what taking fewer does.
    SAMPLES_FIRST: '64',
    SAMPLES_ALL_TO: '1000000',
    ...config.environment,
    MODELS_FILE: undefined,
    LLM_BASE_URL: llm.baseUrl,
    LLM_MODEL: llm.model,
  };
  return inOwnHome({ ...config, modelsFile: undefined, llm, environment }, (own) =>
    withSession(own, undefined, ({ client }, interrupt) => work(client, interrupt)),
  );
}
