import { permanent } from '#shared/errors/app-error';
import { ComparisonPool, type PoolOptions } from '../execution/comparison-pool.js';
import { selectQuestions } from '../questions/question-set.js';
import { readDataset, readPredictions } from '../spider/dataset.js';
import type { OfficialFormOptions } from '../statement/official-form.js';
import { metricsOf, type Metrics } from './metrics.js';
import { readRun, sameQuestions, writeScores } from './outputs.js';
import { StatementScorer, type ScoredStatement } from './statement-scorer.js';

export interface ScorePredictionsOptions extends Partial<OfficialFormOptions>, PoolOptions {
  /** Folder with `dev.json`, `tables.json` and `database/<id>/*.sqlite`. */
  data: string;
  /** One statement a line, in the questions' order. */
  predictions: string;
  /** Gets metrics.json, detailed_results.jsonl and dashboard.html; made if it is missing. */
  out: string;
  /** What the dashboard calls this run; the predictions' file else. */
  name?: string;
  /** The `out` of another run on the same questions, to show the differences. */
  compareWith?: string;
  /** The questions file, where it is not `dev.json` in `data`. */
  questionsFile?: string;
  /** Only the first so many questions. */
  limit?: number;
  /** Only the questions on this database. */
  db?: string;
  /** Of the bootstrap; the same seed gives the same interval. */
  seed?: number;
  onProgress?: (done: number, total: number) => void;
  /** A pool to use and leave open; one of its own else. */
  pool?: ComparisonPool;
}

export interface ScoredPredictions {
  metrics: Metrics;
  scored: ScoredStatement[];
  elapsedMs: number;
}

/** Scores a file of predicted statements without a model, and writes metrics.json, detailed_results.jsonl and dashboard.html. */
export async function scorePredictions(options: ScorePredictionsOptions): Promise<ScoredPredictions> {
  const from = performance.now();
  const dataset = readDataset(options.data, options.questionsFile);
  const questions = selectQuestions(dataset, options);
  if (questions.length === 0) throw permanent('invalid_request', 'no question is left to score');
  const predictions = readPredictions(options.predictions, dataset.questions.length, questions);

  const other = options.compareWith === undefined ? undefined : readRun(options.compareWith);
  if (other && !sameQuestions(questions, other.scores))
    throw permanent('invalid_request', `${other.name} scores other questions than this run`);
  const pool = options.pool ?? new ComparisonPool(options);
  const form = {
    keepDistinct: options.keepDistinct ?? false,
    plainValueIsOne: options.plainValueIsOne ?? true,
  };
  const scorer = new StatementScorer(dataset, pool, form);
  let done = 0;
  try {
    const scored = await Promise.all(
      questions.map(async (question, at) => {
        const statement = await scorer.score(question, predictions[at] ?? '');
        options.onProgress?.(++done, questions.length);
        return statement;
      }),
    );
    const scores = scored.map((statement) => statement.score);
    const metrics = metricsOf(scores, options.seed ?? 1, other);
    writeScores(options.out, { name: options.name ?? options.predictions, scores }, metrics, other);
    return { metrics, scored, elapsedMs: performance.now() - from };
  } finally {
    if (!options.pool) pool.close();
  }
}
