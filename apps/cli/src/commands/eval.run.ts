import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { evaluate } from '../../../../evaluation/src/run/evaluate.js';
import type { QuestionSet } from '../../../../evaluation/src/questions/question-set.js';
import { readDataset } from '../../../../evaluation/src/spider/dataset.js';
import { readConfig } from '../config.js';
import { stderr } from '../output/terminal.js';
import type { EvalOptions } from './eval.options.js';
import { EvalProgress } from './eval.progress.js';
import { GatewayService } from './eval.service.js';
import { withEvaluatedSession } from './eval.session.js';
import { printRun } from './eval.summary.js';

/** Spider's own comparison: DISTINCT does not count, `value` stands for 1. */
const officialForm = { keepDistinct: false, plainValueIsOne: true };

/** Asks the service every question of the set, and scores the answers. */
export async function askService(options: EvalOptions): Promise<void> {
  const { data = '.', out, recorded = [], compareWith, limit, db } = options;
  const set = readDataset(data, options.questions);
  const model =
    recorded.length === 0
      ? null
      : { questions: writeQuestions(out, set), outputs: recorded, port: options.recordedPort };
  const from = performance.now();
  await withEvaluatedSession(
    readConfig(),
    { url: options.url, recorded: model },
    async (client, interrupt) => {
      const progress = new EvalProgress();
      const metrics = await evaluate({
        set,
        service: new GatewayService(client),
        form: officialForm,
        out,
        name: basename(out),
        identity: recorded.map(digestOf),
        resume: options.resume === true,
        recorded: recorded.length > 0,
        candidates: options.candidates ?? Math.max(recorded.length, 1),
        maxCorrections: options.maxCorrections,
        concurrency: options.concurrency,
        gpus: options.gpus ?? null,
        interrupt,
        onProgress: (each) => progress.show(each),
        limit,
        db,
        compareWith,
      }).finally(() => progress.end());
      if (metrics)
        printRun(metrics, { json: options.json === true, out, elapsedMs: performance.now() - from });
      else
        stderr.line(`Interrupted. The same command with --resume goes on; what has been asked is in ${out}.`);
    },
  );
}

/** The set as the recorded model reads it. */
function writeQuestions(out: string, { questions, schemas }: QuestionSet): string {
  const entries = questions.map(({ question, dbId }) => ({
    question,
    tables: [...(schemas.get(dbId)?.columns.keys() ?? [])],
  }));
  mkdirSync(out, { recursive: true });
  const file = join(out, 'questions.json');
  writeFileSync(file, JSON.stringify(entries));
  return file;
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
