import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { evaluate } from '../../../../evaluation/src/run/evaluate.js';
import { readDataset } from '../../../../evaluation/src/spider/dataset.js';
import { readConfig } from '../config.js';
import { stderr } from '../output/terminal.js';
import type { EvalOptions } from './eval.options.js';
import { EvalProgress } from './eval.progress.js';
import { prepareExamination, readQuestions, recordedQuestions } from './eval.questions.js';
import { GatewayService } from './eval.service.js';
import { withEvaluatedSession } from './eval.session.js';
import { printRun } from './eval.summary.js';

/** Asks the service every question of the set, and scores the answers. */
export async function askService(options: EvalOptions): Promise<void> {
  const { out, url, recorded, recordedPort } = options;
  const set = readQuestions(options);
  const model =
    recorded === undefined
      ? null
      : {
          questions: writeJson(out, 'questions.json', recordedQuestions(set)),
          outputs: recorded,
          port: recordedPort,
        };
  await withEvaluatedSession(readConfig(), { url, recorded: model }, async (client, interrupt) => {
    const from = performance.now();
    const examination = await prepareExamination(options, set, client);
    const progress = new EvalProgress();
    const settings = settingsOf(options, interrupt, progress);
    try {
      const metrics = await evaluate({ ...examination, ...settings, service: new GatewayService(client) });
      progress.end();
      if (metrics)
        printRun(metrics, { json: options.json === true, out, elapsedMs: performance.now() - from });
      else
        stderr.line(`Interrupted; ${out} holds what has been asked. The same command with --resume goes on.`);
    } finally {
      progress.end();
      await examination.comparer.close();
    }
  });
}

function settingsOf(options: EvalOptions, interrupt: AbortSignal, progress: EvalProgress) {
  const {
    out,
    data,
    examples,
    recorded = [],
    maxCorrections,
    concurrency,
    limit,
    db,
    compareWith,
    gpus,
  } = options;
  return {
    out,
    name: basename(resolve(out)),
    identity: [...recorded, ...(examples === undefined ? [] : [examples])].map(digestOf),
    examples: examples === undefined ? [] : readDataset(data ?? '.', examples).questions,
    resume: options.resume === true,
    recorded: recorded.length > 0,
    conversations: options.separateTurns !== true,
    candidates: options.candidates ?? Math.max(recorded.length, 1),
    maxCorrections,
    concurrency,
    gpus: gpus ?? null,
    interrupt,
    onProgress: progress.show.bind(progress),
    limit,
    db,
    compareWith,
  };
}

function writeJson(folder: string, name: string, content: unknown): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
