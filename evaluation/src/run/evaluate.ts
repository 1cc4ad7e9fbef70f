import { createHash } from 'node:crypto';
import { permanent } from '#shared/errors/app-error';
import type { StatementComparer } from '../execution/comparison.js';
import {
  type Question,
  selectQuestions,
  type QuestionSet,
  type Selection,
} from '../questions/question-set.js';
import { readRun, sameQuestions, writeScores } from '../scoring/outputs.js';
import { pipelineMetricsOf, type PipelineMetrics } from '../scoring/pipeline-metrics.js';
import { StatementScorer } from '../scoring/statement-scorer.js';
import type { OfficialFormOptions } from '../statement/official-form.js';
import { askAll, type AskingOptions } from './ask-all.js';
import type { AskedQuestion } from './asked-question.js';
import { EvaluatedDatabases } from './databases.js';
import { ProgressFile } from './progress-file.js';
import { scoreAsked } from './score-asked.js';
import type { EvaluatedService } from './service.js';

export interface EvaluateOptions extends AskingOptions, Selection {
  set: QuestionSet;
  /** The questions name registered datasources; the set's databases are registered for the run else. */
  areRegistered: boolean;
  service: EvaluatedService;
  form: OfficialFormOptions;
  /** Approved for the run, on databases of the set. */
  examples: readonly Question[];
  /** Gets metrics.json, detailed_results.jsonl, dashboard.html and the progress file. */
  out: string;
  /** What the dashboard calls this run. */
  name: string;
  resume: boolean;
  /** The `out` of another run on the same questions. */
  compareWith?: string | undefined;
  /** Whatever else tells runs apart: files of recorded outputs, the model. */
  identity: unknown;
  /** GPUs that the model server holds; null where it has none. */
  gpus: number | null;
  interrupt: AbortSignal;
  onProgress?: (progress: Progress) => void;
  comparer: StatementComparer;
}

export interface Progress {
  step: 'register' | 'ask' | 'score';
  done: number;
  total: number;
}

/** Asks the service every question of the set and scores what it answers. Null when interrupted. */
export async function evaluate(options: EvaluateOptions): Promise<PipelineMetrics | null> {
  const { set, service, out, interrupt, onProgress } = options;
  const questions = selectQuestions(set, options);
  if (questions.length === 0) throw permanent('invalid_request', 'no question is left to ask');
  const other = options.compareWith === undefined ? undefined : readRun(options.compareWith);
  if (other && !sameQuestions(questions, other.scores))
    throw permanent('invalid_request', `${other.name} scores other questions than this run`);
  const { progress, done } = ProgressFile.open(out, identityOf(options), options.resume);
  const asked = new Map(done.map((each) => [each.index, each]));
  const open = questions.filter(({ index }) => !asked.has(index));

  const databases = new EvaluatedDatabases(service);
  let elapsedMs: number;
  try {
    onProgress?.({ step: 'register', done: 0, total: open.length });
    if (!options.areRegistered) {
      if (options.resume) databases.inherit(set, questions);
      await databases.register(set, open);
      await databases.addExamples(options.examples);
    }
    const from = performance.now();
    const report = () => onProgress?.({ step: 'ask', done: asked.size, total: questions.length });
    report();
    await askAll(open, {
      ...options,
      all: set.questions,
      conversationOf: conversationsOf(questions, asked),
      datasourceOf: (dbId) => databases.nameOf(dbId),
      onAsked: (each) => {
        progress.add(each);
        asked.set(each.index, each);
        report();
      },
    });
    elapsedMs = performance.now() - from;
  } finally {
    await databases.remove();
  }
  if (interrupt.aborted) return null;

  const scorer = new StatementScorer(set, options.comparer, options.form);
  const scores = await scoreAsked(questions, asked, scorer, (scored) =>
    onProgress?.({ step: 'score', done: scored, total: questions.length }),
  );
  const { gpus, candidates, concurrency, maxCorrections } = options;
  const facts = {
    examples: options.examples.length,
    askedNow: open.length,
    elapsedMs,
    gpus,
    candidates,
    concurrency,
    maxCorrections,
    other,
  };
  const metrics = pipelineMetricsOf(scores, facts);
  writeScores(out, { name: options.name, scores }, metrics, other);
  return metrics;
}

/** By the number of the dialogue. */
function conversationsOf(
  questions: readonly Question[],
  asked: ReadonlyMap<number, AskedQuestion>,
): Map<number, string> {
  return new Map(
    questions.flatMap(({ interaction, index }): [number, string][] => {
      const conversationId = asked.get(index)?.conversationId;
      return interaction === undefined || conversationId === undefined ? [] : [[interaction, conversationId]];
    }),
  );
}

function identityOf({ set, candidates, maxCorrections, conversations, identity }: EvaluateOptions): string {
  const asked = [set.questions, candidates, maxCorrections, identity, ...(conversations ? [] : ['separate'])];
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}
