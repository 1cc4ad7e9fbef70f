import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate } from '../../../../evaluation/src/run/evaluate.js';
import { readRun } from '../../../../evaluation/src/scoring/outputs.js';
import type { PipelineMetrics } from '../../../../evaluation/src/scoring/pipeline-metrics.js';
import type { PipelineScore } from '../../../../evaluation/src/scoring/pipeline-score.js';
import type { Evaluation } from '../../../../training/src/publish/history.js';
import type { CliConfig } from '../config.js';
import { connectionOf } from '../client/register.js';
import type { GatewayClient } from '../client/gateway-client.js';
import { inOwnHome } from '../embedded/own-home.js';
import { untilReady } from '../embedded/samples.js';
import { EvalProgress } from './eval.progress.js';
import { prepareExamination, readQuestions } from './eval.questions.js';
import { GatewayService } from './eval.service.js';
import { withSession } from './with-session.js';

/** Which questions, about what, and where the results go. */
export interface Examined {
  data?: string;
  questions?: string;
  datasource?: string;
  connection?: string;
  limit?: number;
  concurrency: number;
  out: string;
}

const corrections = 3;

/**
 * Asks the questions with the catalogue as it is and with the one to be, by a service of its own over the same model server, and
 * compares both runs question by question. Null when interrupted.
 */
export async function examineTwice(
  config: CliConfig,
  options: Examined,
  catalogues: { before: string; after: string },
  adapter: string,
  isInterrupted: () => boolean,
): Promise<Evaluation | null> {
  const [before, after] = [join(options.out, 'before'), join(options.out, 'after')];
  const first = await examine(config, options, { catalogue: catalogues.before, out: before });
  if (!first || isInterrupted()) return null;
  const run = { catalogue: catalogues.after, out: after, compareWith: before };
  const metrics = await examine(config, options, run);
  if (!metrics?.comparison || isInterrupted()) return null;
  const { questions, onlyFirstCorrect, onlySecondCorrect, pValue } = metrics.comparison;
  const scores = readRun(after).scores as PipelineScore[];
  const written = scores.filter(({ attempts }) => attempts.some(({ model }) => model === adapter)).length;
  return {
    questions,
    exBefore: first.ex,
    exAfter: metrics.ex,
    onlyBefore: onlyFirstCorrect,
    onlyAfter: onlySecondCorrect,
    pValue,
    written: written / questions,
    results: options.out,
  };
}

interface Run {
  catalogue: string;
  out: string;
  compareWith?: string;
}

async function examine(config: CliConfig, options: Examined, run: Run): Promise<PipelineMetrics | null> {
  const set = readQuestions({ ...options, out: run.out, recordedPort: 0, maxCorrections: corrections });
  const { concurrency, limit } = options;
  let metrics: PipelineMetrics | null = null;
  await inOwnHome(apart(config, run.catalogue), (own) =>
    withSession(own, undefined, async ({ client }, interrupt) => {
      await registerOwn(client, options);
      const examination = await prepareExamination(
        { ...options, out: run.out, recordedPort: 0, maxCorrections: corrections },
        set,
        client,
      );
      const progress = new EvalProgress();
      try {
        metrics = await evaluate({
          ...examination,
          service: new GatewayService(client),
          out: run.out,
          name: run.out,
          identity: run.catalogue,
          compareWith: run.compareWith,
          examples: [],
          resume: false,
          recorded: false,
          conversations: true,
          candidates: 1,
          maxCorrections: corrections,
          concurrency,
          limit,
          gpus: null,
          interrupt,
          onProgress: progress.show.bind(progress),
        });
      } finally {
        progress.end();
        await examination.comparer.close();
      }
    }),
  );
  return metrics;
}

/** Of the deployment, what would join its state and queues, and the keys that are for them. */
const ofDeployment = new Set([
  'DATABASE_URL',
  'QUEUE_URL',
  'QDRANT_URL',
  'QDRANT_API_KEY',
  'NANO_API_KEYS',
  'NANO_API_KEY',
  'NANO_MASTER_KEY',
  'NANO_MASTER_KEY_PREVIOUS',
]);

/** Nothing of the deployment takes part but its model servers and its encoder. */
function apart(config: CliConfig, catalogue: string): CliConfig {
  const kept = Object.entries(config.environment).filter(([name]) => !ofDeployment.has(name));
  const encoder = join(config.home, 'models', 'all-MiniLM-L6-v2');
  const environment = {
    ...(existsSync(encoder) && { EMBEDDINGS_MODEL_DIR: encoder }),
    ...Object.fromEntries(kept),
    MODELS_FILE: catalogue,
  };
  const none = { databaseUrl: undefined, queueUrl: undefined, apiKey: undefined };
  return { ...config, ...none, modelsFile: catalogue, environment };
}

async function registerOwn(client: GatewayClient, { datasource, connection }: Examined): Promise<void> {
  if (datasource === undefined || connection === undefined) return;
  await client.registerDatasource({ name: datasource, connection: connectionOf(connection) });
  await untilReady(client, datasource);
}
