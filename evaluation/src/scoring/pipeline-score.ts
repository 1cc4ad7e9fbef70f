import type { Attempt, Candidate } from '#shared/contracts/attempt';
import type { QueryError, QueryStatus, Timings } from '#shared/contracts/query';
import type { QuestionScore } from './question-score.js';

export interface AttemptScore extends Omit<Attempt, 'candidates'> {
  candidates: (Candidate & { correct: boolean })[];
}

/** One question's score and how the service came to its answer: a line of detailed_results.jsonl. */
export interface PipelineScore extends QuestionScore {
  queryId: string;
  status: QueryStatus;
  attempts: AttemptScore[];
  /** Tables of the context, in rank order. */
  tables: string[];
  /** Share of the gold statement's tables that the context held; null where they are not known. */
  tableRecall: number | null;
  timings: Timings;
  /** Milliseconds that the database worked for the predicted statement, run by itself. */
  sqlMs: number;
  failure: QueryError | null;
  /** What the model asked back instead of an answer. */
  clarification: string | null;
}
