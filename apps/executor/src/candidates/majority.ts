import { resultsEqual } from '#shared/results/results-equal';
import { Choice, type CostOf, type Executed, type Succeeded } from './choice.js';

/** The result that most replies of the model agree on; of equal groups the cheapest to run, then the shortest, then the first proposed. */
export class MajorityChoice extends Choice {
  override async choose(executed: readonly Executed[], costOf: CostOf): Promise<Succeeded | null> {
    const groups = groupsOf(executed.filter(succeeded));
    const most = Math.max(0, ...groups.map(votesOf));
    const tied = groups.filter((group) => votesOf(group) === most).flatMap(([first]) => first ?? []);
    if (tied.length < 2) return tied[0] ?? null;
    const costs = await Promise.all(tied.map(({ candidate }) => costOf(candidate.sql)));
    // A cost that is missing makes the others say nothing: length decides between all.
    const comparable = costs.every((cost) => cost !== null);
    const ranked = tied.map((one, index) => ({ one, cost: comparable ? (costs[index] ?? 0) : 0 }));
    ranked.sort((a, b) => a.cost - b.cost || a.one.candidate.sql.length - b.one.candidate.sql.length);
    return ranked[0]?.one ?? null;
  }
}

function groupsOf(succeeded: readonly Succeeded[]): Succeeded[][] {
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

function votesOf(group: readonly Succeeded[]): number {
  return group.reduce((sum, { candidate }) => sum + (candidate.votes ?? 1), 0);
}

function succeeded(one: Executed): one is Succeeded {
  return one.result !== null;
}
