import { seededRandom } from '../../../evaluation/src/statistics/random.js';
import { questionForm } from './forms.js';
import type { TrainingPair } from './training-pair.js';

export interface Split {
  train: TrainingPair[];
  validation: TrainingPair[];
}

/**
 * Whole databases go to validation, drawn until they hold the share of the pairs: what is measured there is how the model
 * does on schemas that it has never seen.
 * @param share of the pairs, 0 to 1
 */
export function splitByDatabase(pairs: readonly TrainingPair[], share: number, seed: number): Split {
  const byDatabase = Map.groupBy(pairs, ({ database }) => database);
  const wanted = Math.round(pairs.length * share);
  const held = new Set<string>();
  let count = 0;
  for (const database of shuffled([...byDatabase.keys()].sort(), seed)) {
    const size = byDatabase.get(database)?.length ?? 0;
    // Never the last one: there must be something to train on.
    if (count >= wanted || held.size + 1 >= byDatabase.size) break;
    if (count + size > wanted && count > 0 && count + size - wanted > wanted - count) continue;
    held.add(database);
    count += size;
  }
  return partition(pairs, ({ database }) => held.has(database));
}

/**
 * The seed's split, for comparison: questions at random, so that validation knows the databases of training. A question goes
 * with its corrections.
 */
export function splitAtRandom(pairs: readonly TrainingPair[], share: number, seed: number): Split {
  const byQuestion = Map.groupBy(pairs, ({ database, question }) =>
    JSON.stringify([database, questionForm(question)]),
  );
  const wanted = Math.round(pairs.length * share);
  const held = new Set<TrainingPair>();
  for (const asked of shuffled([...byQuestion.values()], seed)) {
    if (held.size >= wanted) break;
    for (const pair of asked) held.add(pair);
  }
  return partition(pairs, (pair) => held.has(pair));
}

function partition(pairs: readonly TrainingPair[], isHeld: (pair: TrainingPair) => boolean): Split {
  return { train: pairs.filter((pair) => !isHeld(pair)), validation: pairs.filter(isHeld) };
}

/** Fisher and Yates. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seededRandom(seed);
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
