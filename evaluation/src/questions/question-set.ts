import type { SpiderSchema } from '../spider/schema.js';

export interface Question {
  /** Place in the set, from 0. */
  index: number;
  dbId: string;
  question: string;
  gold: string;
  /** Of a dialogue: which one, and which of its turns, both from 0. */
  interaction?: number;
  turn?: number;
}

/** Questions with the statements that answer them, and where these run. */
export interface QuestionSet {
  questions: Question[];
  /** Databases as Spider's grammar sees them; those that are missing have no hardness and no exact match. */
  schemas: ReadonlyMap<string, SpiderSchema>;
  /** What a prediction must be right on, the one that is asked about first: SQLite files, or PostgreSQL URLs. */
  databases(dbId: string): string[];
}

export interface Selection {
  /** Only the first so many. */
  limit?: number | undefined;
  /** Only those on this database. */
  db?: string | undefined;
}

export function selectQuestions(set: QuestionSet, { limit, db }: Selection): Question[] {
  return set.questions.filter(({ dbId }) => db === undefined || dbId === db).slice(0, limit);
}
