import { scorePredictions } from '../../../../evaluation/src/scoring/score-predictions.js';
import type { EvalOptions } from './eval.options.js';
import { EvalProgress } from './eval.progress.js';
import { printScores } from './eval.summary.js';

/** Scores a file of statements: no service, no model. */
export async function scoreFile(options: EvalOptions, predictions: string): Promise<void> {
  const { data = '.', out, questions, limit, db, compareWith } = options;
  const progress = new EvalProgress();
  const { metrics, elapsedMs } = await scorePredictions({
    data,
    predictions,
    out,
    ...(questions !== undefined && { questionsFile: questions }),
    ...(limit !== undefined && { limit }),
    ...(db !== undefined && { db }),
    ...(compareWith !== undefined && { compareWith }),
    onProgress: (done, total) => progress.show({ step: 'score', done, total }),
  });
  progress.end();
  printScores(metrics, { json: options.json === true, out, elapsedMs });
}
