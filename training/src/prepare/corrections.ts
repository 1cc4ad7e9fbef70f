import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import type { StatementRunner } from '../pairs/statement-runner.js';
import type { TrainingPair } from '../pairs/training-pair.js';
import type { TrainedDatabase } from './trained-databases.js';

/** Of a statement that failed for want of time, or by a policy, there is nothing to learn. */
const teaching: ReadonlySet<string> = new Set([
  'syntax',
  'unknown_table',
  'unknown_column',
  'ambiguous_column',
  'type_mismatch',
  'function',
  'grouping',
]);

export interface Recorded {
  pair: TrainingPair;
  statement: string;
  file: string;
  snapshot: SchemaSnapshot;
}

/** Of recorded statements those that fail, with what the executor would tell the model and the SQL that mends them. */
export async function correctionsOf(
  recorded: readonly Recorded[],
  runner: StatementRunner,
  onProgress: (done: number) => void,
): Promise<TrainingPair[]> {
  const found: TrainingPair[] = [];
  for (const [at, { pair, statement, file, snapshot }] of recorded.entries()) {
    const database = { name: pair.database, file, snapshot };
    const error = statement === '' ? null : await runner.failureOf(database, statement);
    if (error && teaching.has(error.class))
      found.push({ ...pair, source: 'correction', failed: { sql: statement, error } });
    onProgress(at + 1);
  }
  return found;
}

/** Pairs whose SQL runs, or whose database is not at hand. */
export async function withoutFailures(
  pairs: readonly TrainingPair[],
  databases: ReadonlyMap<string, TrainedDatabase>,
  runner: StatementRunner,
  onProgress: (done: number) => void,
): Promise<TrainingPair[]> {
  const kept: TrainingPair[] = [];
  for (const [at, pair] of pairs.entries()) {
    const file = databases.get(pair.database)?.file;
    const fails =
      file !== undefined && (await runner.failureOf({ name: pair.database, file }, pair.sql)) !== null;
    if (!fails) kept.push(pair);
    onProgress(at + 1);
  }
  return kept;
}
