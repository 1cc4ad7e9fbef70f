import { questionForm, sqlSkeleton } from './forms.js';
import type { TrainingPair } from './training-pair.js';

interface Asked {
  database: string;
  question: string;
  sql: string;
}

/** Questions that an evaluation asks: nothing like them may be learned from. */
export class Holdout {
  private readonly questions = new Set<string>();
  private readonly skeletons = new Set<string>();

  constructor(asked: readonly Asked[]) {
    for (const { database, question, sql } of asked) {
      this.questions.add(questionForm(question));
      this.skeletons.add(skeletonOf(database, sql));
    }
  }

  /** Why a pair may not be learned from; null where it may. A question counts on any database, a skeleton on its own. */
  overlap({ database, question, sql }: Asked): 'question' | 'skeleton' | null {
    if (this.questions.has(questionForm(question))) return 'question';
    return this.skeletons.has(skeletonOf(database, sql)) ? 'skeleton' : null;
  }
}

function skeletonOf(database: string, sql: string): string {
  return `${database.toLowerCase()} ${sqlSkeleton(sql)}`;
}

/** The first of pairs that ask the same question of the same database with the same SQL, and of the same failure. */
export function distinctPairs(pairs: readonly TrainingPair[]): TrainingPair[] {
  const first = new Map<string, TrainingPair>();
  for (const pair of pairs) {
    const failed = pair.failed ? sqlSkeleton(pair.failed.sql) : '';
    const key = JSON.stringify([
      pair.database,
      questionForm(pair.question),
      pair.sql.replaceAll(/\s+/g, ' '),
      failed,
    ]);
    if (!first.has(key)) first.set(key, pair);
  }
  return [...first.values()];
}
