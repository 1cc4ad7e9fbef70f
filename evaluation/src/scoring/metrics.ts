import { failureKinds, type FailureKind } from '../execution/comparison.js';
import { hardnessLevels } from '../grammar/hardness.js';
import { bootstrapInterval, type Interval } from '../statistics/bootstrap.js';
import type { QuestionScore } from './question-score.js';

interface Slice {
  questions: number;
  /** Execution accuracy. All rates are fractions from 0 to 1. */
  ex: number;
  /** Of the questions whose gold statement Spider's grammar can read; null where it reads none. */
  exactMatch: number | null;
}

/** The content of metrics.json. */
export interface Metrics extends Slice {
  exInterval: Interval;
  validSql: number;
  executes: number;
  byHardness: Record<string, Slice>;
  byDatabase: Record<string, Slice>;
  /** Questions by what went wrong; `differs` ran and gave another result. */
  failures: Record<FailureKind | 'differs', number>;
  /** Questions whose gold statement does not run. They count as not answered. */
  goldFailures: number;
}

/** `unknown` hardness: Spider's grammar cannot read the gold statement. */
export function metricsOf(scores: readonly QuestionScore[], seed: number): Metrics {
  const levels = [...hardnessLevels, 'unknown'] as const;
  const databases = [...new Set(scores.map((score) => score.dbId))].sort();
  const failures = Object.fromEntries([
    ...failureKinds.map((kind) => [kind, scores.filter((score) => score.error?.kind === kind).length]),
    ['differs', scores.filter((score) => !score.correct && !score.error).length],
  ]) as Metrics['failures'];
  return {
    ...sliceOf(scores),
    exInterval: bootstrapInterval(
      scores.map((score) => Number(score.correct)),
      { seed },
    ),
    validSql: share(scores, (score) => score.validSql),
    executes: share(scores, (score) => score.executes),
    byHardness: slices(levels, (level) => scores.filter((score) => (score.hardness ?? 'unknown') === level)),
    byDatabase: slices(databases, (dbId) => scores.filter((score) => score.dbId === dbId)),
    failures,
    goldFailures: failures.gold,
  };
}

function slices(
  names: readonly string[],
  scoresOf: (name: string) => QuestionScore[],
): Record<string, Slice> {
  const found = names
    .map((name) => [name, scoresOf(name)] as const)
    .filter(([, scores]) => scores.length > 0);
  return Object.fromEntries(found.map(([name, scores]) => [name, sliceOf(scores)]));
}

function sliceOf(scores: readonly QuestionScore[]): Slice {
  const readable = scores.filter((score) => score.exactMatch !== null);
  return {
    questions: scores.length,
    ex: share(scores, (score) => score.correct),
    exactMatch: readable.length > 0 ? share(readable, (score) => score.exactMatch === true) : null,
  };
}

function share(scores: readonly QuestionScore[], holds: (score: QuestionScore) => boolean): number {
  return scores.length === 0 ? 0 : scores.filter(holds).length / scores.length;
}
