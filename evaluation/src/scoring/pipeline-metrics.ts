import type { Timings } from '#shared/contracts/query';
import { tracebackClasses } from '#shared/contracts/attempt';
import { bootstrapInterval, type Interval } from '../statistics/bootstrap.js';
import { meanOf, quantilesOf, type Quantiles } from '../statistics/quantiles.js';
import type { DashboardRun } from '../dashboard/dashboard.js';
import { metricsOf, share, sliceBy, type Metrics, type Slice } from './metrics.js';
import type { PipelineScore } from './pipeline-score.js';

const seed = 1;

export interface RunFacts {
  /** Questions asked in this call; the others were taken from the progress file. */
  askedNow: number;
  /** Of asking those; milliseconds. */
  elapsedMs: number;
  concurrency: number;
  candidates: number;
  maxCorrections: number;
  gpus: number | null;
  /** Verified examples that were approved for the run. */
  examples: number;
  other: DashboardRun | undefined;
}

interface Gain {
  /** Execution accuracy with it less that without. */
  gain: number | null;
  /** Why there is no gain to tell. */
  reason?: string;
}

/** The content of metrics.json after a run through the service. Times are milliseconds. */
export interface PipelineMetrics extends Metrics {
  firstAttempt: { ex: number; executes: number; exInterval: Interval };
  /** Each correction: how many questions came to it, how many it ended with an answer, a right one, and what it adds to EX. */
  corrections: { number: number; reached: number; answered: number; correct: number; gain: number }[];
  /** Questions that the service says it cannot answer, by how: all of them count as wrong. */
  withoutAnswer: { notAnswerable: number; clarifications: number };
  voting: Gain & { firstCandidate?: number; anyCandidate?: number };
  /** `repaired`: questions with a repaired candidate in the attempt that decided; `right`: those of them it answered. */
  staticRepair: Gain & { repaired?: number; right?: number };
  /** Against the run that this one is compared with; and the questions that an example answered without the model. */
  verifiedExamples: Gain & { exact: Slice; near: Slice; rest: Slice };
  /** `complete`: share of the questions whose context held every table of the gold statement. */
  context: { tableRecall: number | null; complete: number | null; tables: number | null };
  latency: Quantiles | null;
  stages: Record<keyof Timings, number | null>;
  /** Means of a question, over all its attempts; null where the model server does not tell. */
  tokens: { prompt: number | null; completion: number | null };
  gpuSecondsPerQuestion: number | null;
  /** By the class of the first attempt's failure; `none` where the first attempt ran. */
  byErrorClass: Record<string, Slice>;
  run: {
    askedNow: number;
    elapsedMs: number;
    questionsPerSecond: number | null;
    /** Time that the databases need for the predicted statements, one by one, without the service. */
    sqlMs: number;
    /** Time that the executor took for all statements, their way to its processes and back included. */
    executorMs: number;
    concurrency: number;
    candidates: number;
    maxCorrections: number;
  };
}

export function pipelineMetricsOf(scores: readonly PipelineScore[], facts: RunFacts): PipelineMetrics {
  const { other, gpus, elapsedMs, askedNow, concurrency, candidates, maxCorrections } = facts;
  return {
    ...metricsOf(scores, seed, other),
    firstAttempt: firstAttemptOf(scores),
    corrections: correctionsOf(scores, maxCorrections),
    withoutAnswer: {
      notAnswerable: scores.filter(({ failure }) => failure?.code === 'not_answerable').length,
      clarifications: scores.filter(({ clarification }) => clarification !== null).length,
    },
    voting: votingOf(scores, candidates),
    staticRepair: repairOf(scores),
    verifiedExamples: verifiedExamplesOf(scores, facts),
    context: contextOf(scores),
    latency: quantilesOf(scores.map(({ timings }) => timings.total)),
    stages: stagesOf(scores),
    tokens: { prompt: tokensOf(scores, 'promptTokens'), completion: tokensOf(scores, 'completionTokens') },
    gpuSecondsPerQuestion: gpus === null || askedNow === 0 ? null : (gpus * elapsedMs) / 1000 / askedNow,
    byErrorClass: sliceBy(scores, errorClassOf, ['none', ...tracebackClasses]),
    run: {
      askedNow,
      elapsedMs,
      questionsPerSecond: askedNow === 0 ? null : (askedNow / elapsedMs) * 1000,
      sqlMs: sum(scores.map(({ sqlMs }) => sqlMs)),
      executorMs: sum(scores.flatMap(candidatesOf).map(({ elapsedMs: ms }) => ms ?? 0)),
      concurrency,
      candidates,
      maxCorrections,
    },
  };
}

function firstAttemptOf(scores: readonly PipelineScore[]) {
  const right = scores.map((score) => score.correct && score.attempts.length === 1);
  const answered = (score: PipelineScore) => score.status === 'succeeded' && score.attempts.length === 1;
  return {
    ex: share(right, (each) => each),
    executes: share(scores, answered),
    exInterval: bootstrapInterval(right.map(Number), { seed }),
  };
}

function correctionsOf(scores: readonly PipelineScore[], most: number): PipelineMetrics['corrections'] {
  return Array.from({ length: most }, (_, at) => {
    const number = at + 1;
    const reached = scores.filter(({ attempts }) => attempts.length > number);
    const ended = reached.filter(({ attempts }) => attempts.length === number + 1);
    const right = ended.filter(({ correct }) => correct).length;
    return {
      number,
      reached: reached.length,
      answered: ended.filter(({ status }) => status === 'succeeded').length,
      correct: right,
      gain: scores.length === 0 ? 0 : right / scores.length,
    };
  });
}

/** The vote against the first candidate alone, in the attempt that decided. */
function votingOf(scores: readonly PipelineScore[], candidates: number): PipelineMetrics['voting'] {
  if (candidates < 2) return { gain: null, reason: 'one candidate leaves nothing to vote on' };
  const deciding = ({ attempts }: PipelineScore) => attempts.at(-1)?.candidates ?? [];
  const first = share(scores, (score) => deciding(score)[0]?.correct === true);
  const any = share(scores, (score) => deciding(score).some(({ correct }) => correct));
  return { gain: share(scores, ({ correct }) => correct) - first, firstCandidate: first, anyCandidate: any };
}

/**
 * Counts the questions that only repaired candidates answered right: without repair every statement would have failed.
 * Exact for one candidate without corrections; with more it is the least that repair brings.
 */
function repairOf(scores: readonly PipelineScore[]): PipelineMetrics['staticRepair'] {
  const deciding = ({ attempts }: PipelineScore) => attempts.at(-1)?.candidates ?? [];
  const isRepaired = ({ repairs }: { repairs?: unknown[] | undefined }) => repairs !== undefined;
  const repaired = scores.filter((score) => deciding(score).some(isRepaired));
  const mended = repaired.filter((score) =>
    deciding(score).every((candidate) => candidate.outcome !== 'succeeded' || isRepaired(candidate)),
  );
  const right = mended.filter(({ correct }) => correct).length;
  return { gain: scores.length === 0 ? 0 : right / scores.length, repaired: repaired.length, right };
}

function verifiedExamplesOf(
  scores: readonly PipelineScore[],
  { examples, other }: RunFacts,
): PipelineMetrics['verifiedExamples'] {
  const by = sliceBy(scores, ({ attempts }) => attempts.at(-1)?.origin?.kind ?? 'rest', [
    'verified_example',
    'near_example',
    'rest',
  ]);
  const nothing: Slice = { questions: 0, ex: 0, exactMatch: null };
  const { verified_example: exact = nothing, near_example: near = nothing, rest = nothing } = by;
  const ex = (all: readonly { correct: boolean }[]) => share(all, ({ correct }) => correct);
  const slices = { exact, near, rest };
  if (examples === 0) return { gain: null, reason: 'the run has no --examples', ...slices };
  if (!other) return { gain: null, reason: '--compare-with names no run without them', ...slices };
  return { gain: ex(scores) - ex(other.scores), ...slices };
}

function contextOf(scores: readonly PipelineScore[]): PipelineMetrics['context'] {
  const recalls = scores.flatMap(({ tableRecall }) => tableRecall ?? []);
  return {
    tableRecall: meanOf(recalls),
    complete: recalls.length === 0 ? null : share(recalls, (recall) => recall === 1),
    tables: meanOf(scores.map(({ tables }) => tables.length)),
  };
}

function stagesOf(scores: readonly PipelineScore[]): PipelineMetrics['stages'] {
  const mean = (name: keyof Timings) => meanOf(scores.map(({ timings }) => timings[name]));
  return {
    retrieve: mean('retrieve'),
    generate: mean('generate'),
    execute: mean('execute'),
    waited: mean('waited'),
    total: mean('total'),
  };
}

function tokensOf(
  scores: readonly PipelineScore[],
  kind: 'promptTokens' | 'completionTokens',
): number | null {
  const told = scores.filter(({ attempts }) => attempts.some((attempt) => attempt[kind] !== null));
  return meanOf(told.map(({ attempts }) => sum(attempts.map((attempt) => attempt[kind] ?? 0))));
}

function errorClassOf({ attempts }: PipelineScore): string {
  const first = attempts[0]?.candidates ?? [];
  if (first.some(({ outcome }) => outcome === 'succeeded')) return 'none';
  return first.find(({ error }) => error)?.error?.class ?? 'no attempt';
}

function candidatesOf({ attempts }: PipelineScore) {
  return attempts.flatMap((attempt) => attempt.candidates);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
