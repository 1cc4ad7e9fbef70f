import { failureKinds, type FailureKind } from '../execution/comparison.js';
import { hardnessLevels } from '../grammar/hardness.js';
import { bootstrapInterval, type Interval } from '../statistics/bootstrap.js';
import { compareRuns, type PairedComparison } from '../statistics/paired-comparison.js';
import type { DashboardRun } from '../dashboard/dashboard.js';
import type { QuestionScore } from './question-score.js';

export interface Slice {
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
  /** By how many tables the gold statement reads. */
  byTables: Record<string, Slice>;
  /** Of a set of dialogues: by turn, and the share of dialogues with every turn right. */
  dialogues: { byTurn: Record<string, Slice>; dialogues: number; allTurnsRight: number } | null;
  /** Questions by what went wrong; `differs` ran and gave another result. */
  failures: Record<FailureKind | 'differs', number>;
  /** Questions whose gold statement does not run. They count as not answered. */
  goldFailures: number;
  /** This run less the other one; null where there is none. */
  comparison: (PairedComparison & { with: string }) | null;
}

/** `unknown` hardness: Spider's grammar cannot read the gold statement. */
export function metricsOf(
  scores: readonly QuestionScore[],
  seed: number,
  other: DashboardRun | undefined,
): Metrics {
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
    byHardness: sliceBy(scores, ({ hardness }) => hardness ?? 'unknown', hardnessLevels),
    byDatabase: sliceBy(scores, ({ dbId }) => dbId),
    byTables: sliceBy(scores, ({ goldTables }) => String(goldTables?.length ?? 'unknown')),
    dialogues: dialoguesOf(scores),
    failures,
    goldFailures: failures.gold,
    comparison: other
      ? { with: other.name, ...compareRuns(verdicts(other.scores), verdicts(scores), { seed }) }
      : null,
  };
}

function dialoguesOf(scores: readonly QuestionScore[]): Metrics['dialogues'] {
  const turns = scores.filter(({ turn }) => turn !== undefined);
  if (turns.length === 0) return null;
  const dialogues = [...Map.groupBy(turns, ({ interaction }) => interaction).values()];
  return {
    byTurn: sliceBy(turns, ({ turn = 0 }) => String(turn + 1)),
    dialogues: dialogues.length,
    allTurnsRight: share(dialogues, (dialogue) => dialogue.every(({ correct }) => correct)),
  };
}

/** Slices in the order given, others in the order of their names. */
export function sliceBy<S extends QuestionScore>(
  scores: readonly S[],
  nameOf: (score: S) => string,
  order: readonly string[] = [],
): Record<string, Slice> {
  const groups = Map.groupBy(scores, nameOf);
  const others = [...groups.keys()].filter((name) => !order.includes(name)).sort();
  return Object.fromEntries(
    [...order, ...others].flatMap((name) => {
      const members = groups.get(name);
      return members ? [[name, sliceOf(members)]] : [];
    }),
  );
}

function sliceOf(scores: readonly QuestionScore[]): Slice {
  const readable = scores.filter((score) => score.exactMatch !== null);
  return {
    questions: scores.length,
    ex: share(scores, (score) => score.correct),
    exactMatch: readable.length > 0 ? share(readable, (score) => score.exactMatch === true) : null,
  };
}

export function share<S>(scores: readonly S[], holds: (score: S) => boolean): number {
  return scores.length === 0 ? 0 : scores.filter(holds).length / scores.length;
}

function verdicts(scores: readonly QuestionScore[]): boolean[] {
  return scores.map(({ correct }) => correct);
}
