import type { Attempt } from '#shared/contracts/attempt';
import type { Question } from '../questions/question-set.js';
import type { AttemptScore, PipelineScore } from '../scoring/pipeline-score.js';
import type { StatementScorer } from '../scoring/statement-scorer.js';
import { predictedOf, type AskedQuestion } from './asked-question.js';

/** Runs every statement that the service chose, and its rivals in a vote, against the gold statements. */
export async function scoreAsked(
  questions: readonly Question[],
  asked: ReadonlyMap<number, AskedQuestion>,
  scorer: StatementScorer,
  onScored: (done: number) => void,
): Promise<PipelineScore[]> {
  let done = 0;
  return Promise.all(
    questions.flatMap((question) => {
      const answered = asked.get(question.index);
      if (!answered) return [];
      const scoring = scoreOne(question, answered, scorer);
      return [scoring.finally(() => onScored(++done))];
    }),
  );
}

async function scoreOne(
  question: Question,
  asked: AskedQuestion,
  scorer: StatementScorer,
): Promise<PipelineScore> {
  const { score, predictedMs } = await scorer.score(question, predictedOf(asked));
  const answered = asked.status === 'succeeded' && asked.clarification === undefined;
  const isRight = async (sql: string) =>
    sql === score.predicted ? score.correct : (await scorer.score(question, sql)).score.correct;
  return {
    ...score,
    correct: score.correct && answered,
    executes: score.executes && answered,
    ...(!answered && !score.error && { error: unanswered(asked) }),
    queryId: asked.queryId,
    status: asked.status,
    attempts: await Promise.all(asked.attempts.map((attempt) => scoreAttempt(attempt, isRight))),
    tables: asked.tables,
    tableRecall: recallOf(score.goldTables, asked.tables),
    timings: asked.timings,
    sqlMs: predictedMs,
    failure: asked.failure,
    clarification: asked.clarification ?? null,
  };
}

async function scoreAttempt(
  attempt: Attempt,
  isRight: (sql: string) => Promise<boolean>,
): Promise<AttemptScore> {
  const candidates = await Promise.all(
    attempt.candidates.map(async (candidate) => ({
      ...candidate,
      correct: candidate.outcome === 'succeeded' && (await isRight(candidate.sql)),
    })),
  );
  return { ...attempt, candidates };
}

function unanswered({ failure, status, clarification }: AskedQuestion) {
  if (clarification !== undefined)
    return { kind: 'unanswered' as const, message: `the model asks back: ${clarification}` };
  return {
    kind: 'unanswered' as const,
    message: failure ? `${failure.code}: ${failure.message}` : `the query is ${status}`,
  };
}

/** Share of the gold statement's tables that the context held; null where they are not known. */
function recallOf(gold: readonly string[] | null, tables: readonly string[]): number | null {
  if (!gold || gold.length === 0) return null;
  const found = new Set(tables.map((name) => name.toLowerCase()));
  return gold.filter((name) => found.has(name)).length / gold.length;
}
