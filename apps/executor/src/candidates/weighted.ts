import { Choice, type Chosen, type CostOf, type Executed, succeeded } from './choice.js';
import { featureNames, type Features, weighables, withPriors } from './features.js';
import { votesOf } from './result-groups.js';
import type { Weights } from './weights.js';

/** Takes the candidate for which the most speaks; of equals the cheapest to run, then the first proposed. */
export class WeightedChoice extends Choice {
  constructor(private readonly weights: Weights) {
    super();
  }

  override async choose(
    question: string,
    executed: readonly Executed[],
    costOf: CostOf,
  ): Promise<Chosen | null> {
    const ran = executed.filter(succeeded);
    const [only] = ran;
    if (!only) return null;
    if (ran.length === 1) return { ...only, agreement: votesOf([only]) / votesOf(executed) };
    const scored = weighables(question, executed).map((each) => ({
      one: { ...each.one, agreement: each.features.votes },
      score: scoreOf(withPriors(each, this.weights.priors), this.weights),
    }));
    const best = Math.max(...scored.map(({ score }) => score));
    const tied = scored.filter(({ score }) => score > best - 1e-9).map(({ one }) => one);
    return tied.length < 2 ? (tied[0] ?? null) : cheapest(tied, costOf);
  }
}

/** The sum of the features by their weights. */
export function scoreOf(features: Features, { features: weights }: Pick<Weights, 'features'>): number {
  return featureNames.reduce((sum, name) => sum + weights[name] * features[name], 0);
}

async function cheapest(tied: readonly Chosen[], costOf: CostOf): Promise<Chosen | null> {
  const costs = await Promise.all(tied.map(({ candidate }) => costOf(candidate.sql)));
  // A cost that is missing makes the others say nothing. Length says nothing either: the shorter of two orders is the ascending one.
  const known = costs.filter((cost) => cost !== null);
  const at = known.length === costs.length ? known.indexOf(Math.min(...known)) : 0;
  return tied[at] ?? null;
}
