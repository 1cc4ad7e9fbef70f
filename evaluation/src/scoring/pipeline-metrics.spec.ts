import { describe, expect, it } from '@jest/globals';
import { pipelineMetricsOf, type RunFacts } from './pipeline-metrics.js';
import type { AttemptScore, PipelineScore } from './pipeline-score.js';

function attempt(number: number, ...candidates: Partial<AttemptScore['candidates'][0]>[]): AttemptScore {
  return {
    number,
    model: 'recorded',
    candidates: candidates.map((part) => ({
      sql: 'SELECT 1',
      outcome: 'succeeded',
      correct: false,
      elapsedMs: 2,
      ...part,
    })),
    promptTokens: 100,
    completionTokens: 10,
    generateMs: 1,
    executeMs: 1,
  };
}

const failed = {
  outcome: 'failed' as const,
  error: { class: 'unknown_column' as const, message: 'no such column' },
};

function score(index: number, part: Partial<PipelineScore>): PipelineScore {
  return {
    index,
    dbId: 'pets',
    question: 'How many?',
    gold: 'SELECT 1',
    predicted: 'SELECT 1',
    correct: false,
    validSql: true,
    executes: true,
    exactMatch: true,
    hardness: 'easy',
    goldTables: ['pet'],
    queryId: 'q',
    status: 'succeeded',
    attempts: [attempt(1, { correct: part.correct ?? false })],
    tables: ['pet'],
    tableRecall: 1,
    timings: { retrieve: 1, generate: 2, execute: 3, waited: 4, total: 10 * (index + 1) },
    sqlMs: 1.5,
    failure: null,
    clarification: null,
    ...part,
  };
}

const facts: RunFacts = {
  askedNow: 4,
  elapsedMs: 2_000,
  concurrency: 2,
  candidates: 1,
  maxCorrections: 2,
  gpus: null,
  examples: 0,
  other: undefined,
};

const scores = [
  score(0, { correct: true }),
  score(1, { correct: true, attempts: [attempt(1, failed), attempt(2, { correct: true })] }),
  score(2, { attempts: [attempt(1, failed), attempt(2, failed), attempt(3, {})], tableRecall: 0.5 }),
  score(3, {
    status: 'failed',
    executes: false,
    goldTables: ['pet', 'owner'],
    attempts: [attempt(1, failed), attempt(2, failed), attempt(3, failed)],
    tableRecall: null,
  }),
];

describe('pipelineMetricsOf', () => {
  const metrics = pipelineMetricsOf(scores, facts);

  it('tells the first attempt from what each correction adds', () => {
    expect(metrics).toMatchObject({
      ex: 0.5,
      firstAttempt: { ex: 0.25, executes: 0.25 },
      corrections: [
        { number: 1, reached: 3, answered: 1, correct: 1, gain: 0.25 },
        { number: 2, reached: 2, answered: 1, correct: 0, gain: 0 },
      ],
    });
  });

  it('measures context, time and tokens a question', () => {
    expect(metrics).toMatchObject({
      context: { tableRecall: 2.5 / 3, complete: 2 / 3, tables: 1 },
      latency: { p50: 20, p95: 40, p99: 40 },
      stages: { retrieve: 1, generate: 2, execute: 3, waited: 4 },
      tokens: { prompt: 225, completion: 22.5 },
      run: { questionsPerSecond: 2, sqlMs: 6, executorMs: 18 },
      byErrorClass: { none: { questions: 1, ex: 1 }, unknown_column: { questions: 3 } },
      byTables: { 1: { questions: 3 }, 2: { questions: 1, ex: 0 } },
    });
  });

  it('says why there is no figure yet', () => {
    expect(metrics.voting).toEqual({ gain: null, reason: expect.any(String) });
    expect(metrics.verifiedExamples).toMatchObject({ gain: null, reason: expect.any(String) });
    expect(metrics.gpuSecondsPerQuestion).toBeNull();
    expect(metrics.comparison).toBeNull();
    expect(metrics.dialogues).toBeNull();
    expect(pipelineMetricsOf(scores, { ...facts, gpus: 2 }).gpuSecondsPerQuestion).toBe(1);
  });

  it('measures verified examples against the run without them, and apart from what the model wrote', () => {
    const answered = (kind: 'verified_example' | 'near_example', correct: boolean) => ({
      ...attempt(1, { correct }),
      origin: { kind, exampleId: 'e', question: 'How many?' },
    });
    const with_ = [
      score(0, { correct: true, attempts: [answered('verified_example', true)] }),
      score(1, { correct: false, attempts: [answered('near_example', false)] }),
      score(2, { correct: true }),
    ];
    const other = { name: 'without', scores: [score(0, {}), score(1, {}), score(2, { correct: true })] };
    expect(pipelineMetricsOf(with_, { ...facts, examples: 2, other }).verifiedExamples).toMatchObject({
      gain: 1 / 3,
      exact: { questions: 1, ex: 1 },
      near: { questions: 1, ex: 0 },
      rest: { questions: 1, ex: 1 },
    });
    expect(pipelineMetricsOf(with_, { ...facts, examples: 2 }).verifiedExamples.gain).toBeNull();
  });

  it('measures the vote against the first candidate, and against the best', () => {
    const voted = [
      score(0, { correct: true, attempts: [attempt(1, { correct: false }, { correct: true })] }),
      score(1, { correct: false, attempts: [attempt(1, { correct: true }, { correct: false })] }),
      score(2, { correct: true, attempts: [attempt(1, failed, { correct: true })] }),
    ];
    const { voting, byErrorClass } = pipelineMetricsOf(voted, { ...facts, candidates: 2 });
    expect(voting).toEqual({ gain: 2 / 3 - 1 / 3, firstCandidate: 1 / 3, anyCandidate: 1 });
    expect(byErrorClass).toMatchObject({ none: { questions: 3 } });
  });

  it('counts a dialogue as right when all its turns are', () => {
    const turns = [true, true, true, false].map((correct, index) =>
      score(index, { correct, interaction: Math.floor(index / 2), turn: index % 2 }),
    );
    expect(pipelineMetricsOf(turns, facts).dialogues).toMatchObject({
      byTurn: { 1: { questions: 2, ex: 1 }, 2: { questions: 2, ex: 0.5 } },
      dialogues: 2,
      allTurnsRight: 0.5,
    });
  });

  it('compares with another run, as this one less that one', () => {
    const worse = scores.map((each) => ({ ...each, correct: false }));
    const { comparison } = pipelineMetricsOf(scores, { ...facts, other: { name: 'before', scores: worse } });
    expect(comparison).toMatchObject({ with: 'before', difference: 0.5, onlySecondCorrect: 2 });
  });
});
