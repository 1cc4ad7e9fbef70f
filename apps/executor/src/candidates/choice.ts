import type { Candidate } from '#shared/contracts/attempt';
import type { ResultSet } from '#shared/contracts/query';

export interface Executed {
  candidate: Candidate;
  /** Null when the candidate failed or was rejected. */
  result: ResultSet | null;
}

export interface Succeeded extends Executed {
  result: ResultSet;
}

/** The answer. */
export interface Chosen extends Succeeded {
  /** Share of the replies that gave its result, from 0 to 1. */
  agreement: number;
}

/** What the engine estimates a statement to cost; null where it estimates none. */
export type CostOf = (sql: string) => Promise<number | null>;

/** Decides which of the candidates is the answer; null when none can be. Another strategy is another subclass. */
export abstract class Choice {
  abstract choose(question: string, executed: readonly Executed[], costOf: CostOf): Promise<Chosen | null>;
}

export function succeeded(one: Executed): one is Succeeded {
  return one.result !== null;
}
