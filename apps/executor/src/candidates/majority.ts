import type { Candidate } from '#shared/contracts/attempt';
import type { ResultSet } from '#shared/contracts/query';
import { resultsEqual } from '#shared/results/results-equal';

export interface Executed {
  candidate: Candidate;
  /** Null when the candidate failed or was rejected. */
  result: ResultSet | null;
}

export interface Succeeded extends Executed {
  result: ResultSet;
}

/** The first candidate of the largest group with equal results; of equal groups, the one proposed first. */
export function majority(executed: readonly Executed[]): Succeeded | null {
  const groups: Succeeded[][] = [];
  for (const one of executed.filter(succeeded)) {
    const equals = groups.find(
      ([first]) => first && resultsEqual(first.result.rows, one.result.rows, { ordered: false }),
    );
    if (equals) equals.push(one);
    else groups.push([one]);
  }
  const largest = groups.reduce<Succeeded[]>(
    (best, group) => (group.length > best.length ? group : best),
    [],
  );
  return largest[0] ?? null;
}

function succeeded(one: Executed): one is Succeeded {
  return one.result !== null;
}
