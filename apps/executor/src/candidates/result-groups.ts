import { resultsEqual } from '#shared/results/results-equal';
import type { Executed, Succeeded } from './choice.js';

/** Candidates whose results are equal, in the order of their first. */
export function resultGroups(succeeded: readonly Succeeded[]): Succeeded[][] {
  const groups: Succeeded[][] = [];
  for (const one of succeeded) {
    const equals = groups.find(
      ([first]) =>
        first &&
        (first.result === one.result || resultsEqual(first.result.rows, one.result.rows, { ordered: false })),
    );
    if (equals) equals.push(one);
    else groups.push([one]);
  }
  return groups;
}

export function votesOf(group: readonly Executed[]): number {
  return group.reduce((sum, { candidate }) => sum + (candidate.votes ?? 1), 0);
}
