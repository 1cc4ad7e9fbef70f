import { bootstrapInterval, type BootstrapOptions, type Interval } from './bootstrap.js';

export interface PairedComparison {
  questions: number;
  onlyFirstCorrect: number;
  onlySecondCorrect: number;
  /** Second's accuracy less the first's. */
  difference: number;
  interval: Interval;
  /** How probable a split at least this uneven is where neither run is better. */
  pValue: number;
  /** Whether the difference is real, at 5 %. */
  significant: boolean;
}

/**
 * Compares two runs on the same questions, answer by answer.
 *
 * Whether they differ is decided by McNemar's exact test: the pairs are yes-or-no outcomes of the same questions,
 * only those that one run alone answers tell anything, and the binomial distribution is exact however few they
 * are. By how much they differ is told by the paired bootstrap, whose interval the test does not give.
 */
export function compareRuns(
  first: readonly boolean[],
  second: readonly boolean[],
  options: BootstrapOptions = {},
): PairedComparison {
  if (first.length !== second.length) {
    throw new RangeError(`runs of ${first.length} and ${second.length} questions are no pairs`);
  }
  const differences = first.map((correct, at) => Number(second[at]) - Number(correct));
  const onlyFirstCorrect = differences.filter((difference) => difference < 0).length;
  const onlySecondCorrect = differences.filter((difference) => difference > 0).length;
  const pValue = mcNemarExact(onlyFirstCorrect, onlySecondCorrect);
  return {
    questions: first.length,
    onlyFirstCorrect,
    onlySecondCorrect,
    difference: first.length === 0 ? 0 : (onlySecondCorrect - onlyFirstCorrect) / first.length,
    interval: bootstrapInterval(differences, options),
    pValue,
    significant: pValue < 0.05,
  };
}

/** Two-sided: twice the probability of at most the smaller count among all, each side as likely. */
export function mcNemarExact(onlyFirst: number, onlySecond: number): number {
  const all = onlyFirst + onlySecond;
  let logProbability = -all * Math.LN2;
  let tail = Math.exp(logProbability);
  for (let count = 1; count <= Math.min(onlyFirst, onlySecond); count++) {
    logProbability += Math.log((all - count + 1) / count);
    tail += Math.exp(logProbability);
  }
  return Math.min(1, 2 * tail);
}
