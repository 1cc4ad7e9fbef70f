import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAppError } from '#shared/errors/app-error';
import type { TemplateName } from '#shared/prompt/template';
import { openRetriever } from '../../../../evaluation/src/retrieval/open-retriever.js';
import type { Manifest } from '../../../../training/src/prepare/manifest.js';
import type { VerifiedDatabase } from '../../../../training/src/prepare/approved.js';
import { prepare } from '../../../../training/src/prepare/prepare.js';
import { StatementRunner } from '../../../../training/src/pairs/statement-runner.js';
import { CliError } from '../cli-error.js';
import type { GatewayClient } from '../client/gateway-client.js';
import { type CliConfig, readConfig } from '../config.js';
import { stderr, stdout } from '../output/terminal.js';
import { EvalProgress } from './eval.progress.js';
import { withSession } from './with-session.js';

export interface TrainPrepareOptions {
  data?: string;
  questions?: string[];
  verified?: true;
  recorded?: string[];
  holdOut?: string[];
  out: string;
  template: TemplateName;
  split: 'database' | 'random';
  validation: number;
  distractors: number;
  maxTokens: number;
  embeddings?: string;
  seed: number;
  json?: true;
  url?: string;
}

export async function trainPrepare(options: TrainPrepareOptions): Promise<void> {
  if (options.data === undefined && !options.verified)
    throw new CliError('usage', 'name --data, or --verified, or both');
  const config = readConfig();
  const verified = options.verified ? await verifiedDatabases(config, options.url) : [];
  if (!verified) return stderr.line('Interrupted: nothing is written.');
  try {
    const manifest = await run(config, options, verified);
    if (options.json) stdout.line(JSON.stringify(manifest));
    else print(manifest, options.out);
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw new CliError('usage', error.message, { cause: error });
  }
}

async function run(
  config: CliConfig,
  options: TrainPrepareOptions,
  verified: VerifiedDatabase[],
): Promise<Manifest> {
  const { data } = options;
  const inData = (file: string): string =>
    data !== undefined && !existsSync(file) ? join(data, file) : file;
  const questions = data === undefined ? [] : (options.questions ?? ['train_spider.json']).map(inData);
  const retriever = await openRetriever({
    environment: { ...config.environment, NANO_HOME: config.home },
    embeddings: options.embeddings,
    index: 'embedded',
  });
  const runner = new StatementRunner();
  const progress = new EvalProgress();
  try {
    return await prepare({
      data,
      questions,
      verified,
      recorded: (options.recorded ?? []).map((file) => ({ file, questions: questions[0] ?? '' })),
      holdOut: (options.holdOut ?? []).map(inData),
      out: options.out,
      template: options.template,
      split: options.split,
      validationShare: options.validation,
      distractorRate: options.distractors,
      maxTokens: options.maxTokens,
      seed: options.seed,
      retriever,
      runner,
      onProgress: (step, done, total) => progress.show({ step, done, total }),
    });
  } finally {
    progress.end();
    await runner.close();
    await retriever.close();
  }
}

/** Null when interrupted: some of them would look like all. */
async function verifiedDatabases(
  config: CliConfig,
  url: string | undefined,
): Promise<VerifiedDatabase[] | null> {
  let whole: VerifiedDatabase[] | null = null;
  await withSession(config, url, async ({ client }, interrupt) => {
    const found: VerifiedDatabase[] = [];
    for (const { name } of await client.datasources()) {
      if (interrupt.aborted) return;
      const pairs = await allExamples(client, name);
      const { dialect, tables, terms, fingerprint } = await client.datasource(name);
      if (pairs.length === 0 || !tables || fingerprint === null) continue;
      const takenAt = new Date(0).toISOString();
      found.push({
        name,
        pairs,
        snapshot: { dialect, tables, ...(terms && { terms }), fingerprint, takenAt },
      });
    }
    whole = interrupt.aborted ? null : found;
  });
  return whole;
}

async function allExamples(client: GatewayClient, name: string): Promise<VerifiedDatabase['pairs']> {
  const pairs: VerifiedDatabase['pairs'] = [];
  let after: string | null = null;
  do {
    const page = await client.examples(name, after);
    pairs.push(...page.examples.map(({ id, question, sql }) => ({ id, question, sql })));
    after = page.next;
  } while (after !== null);
  return pairs;
}

function print({ counts, leftOut, template, templateVersion }: Manifest, out: string): void {
  stdout.line(
    `${counts.train} examples to train on, ${counts.validation} to validate with, ${counts.databases} databases; ` +
      `${counts.corrections} of them corrections; template ${template} ${templateVersion}`,
  );
  const left = Object.entries(leftOut).filter(([, count]) => count > 0);
  if (left.length > 0)
    stdout.line(`left out: ${left.map(([why, count]) => `${count} by ${why}`).join(', ')}`);
  stdout.line(`written to ${out}; next: ./nano train check ${out}`);
}
