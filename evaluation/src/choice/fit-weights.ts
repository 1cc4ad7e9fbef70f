import {
  type FeatureName,
  featureNames,
  withPriors,
} from '../../../apps/executor/src/candidates/features.js';
import type { Weights } from '../../../apps/executor/src/candidates/weights.js';
import type { WeighedQuestion } from './weigh-questions.js';

export type Fitted = Pick<Weights, 'features' | 'priors'>;

/** Pull of the weights towards 0: half of it times the sum of their squares is added to the loss. */
const pull = 5;
const steps = 400;
const stepSize = 0.05;

/**
 * Weights under which the right candidates are the likeliest: a conditional logit (the softmax of the scores of one
 * question's candidates), fitted by Adam (Kingma and Ba 2015) to the likelihood that a right one is taken. Questions of
 * which all or none of the candidates are right say nothing.
 * @param systems how many replies there are; 0 where they have no sources of their own
 */
export function fitWeights(questions: readonly WeighedQuestion[], systems: number): Fitted {
  const priors = Array.from({ length: systems }, (_, reply) => priorOf(reply, questions));
  const telling = questions
    .map(({ candidates }) => candidates)
    .filter((all) => all.some(({ correct }) => correct) && !all.every(({ correct }) => correct))
    .map((all) =>
      all.map((each) => {
        const features = withPriors(each, priors);
        return { correct: each.correct, values: featureNames.map((name) => features[name]) };
      }),
    );
  const weights = featureNames.map(() => 0);
  const mean = featureNames.map(() => 0);
  const square = featureNames.map(() => 0);
  for (let step = 1; step <= steps; step += 1) {
    const slope = weights.map((weight) => pull * weight);
    for (const candidates of telling) addSlope(slope, candidates, weights);
    slope.forEach((value, k) => {
      mean[k] = 0.9 * (mean[k] ?? 0) + 0.1 * value;
      square[k] = 0.999 * (square[k] ?? 0) + 0.001 * value * value;
      const size = Math.sqrt(square[k] / (1 - 0.999 ** step)) + 1e-8;
      weights[k] = (weights[k] ?? 0) - (stepSize * mean[k]) / (1 - 0.9 ** step) / size;
    });
  }
  const rounded = featureNames.map((name, k) => [name, Number((weights[k] ?? 0).toFixed(4))]);
  return { features: Object.fromEntries(rounded) as Record<FeatureName, number>, priors };
}

/** Log odds that a reply is right, a question right and one wrong added. */
function priorOf(reply: number, questions: readonly WeighedQuestion[]): number {
  const right = questions.filter(({ candidates }) =>
    candidates.some(({ own, correct }) => correct && own.includes(reply)),
  ).length;
  const share = (right + 1) / (questions.length + 2);
  return Number(Math.log(share / (1 - share)).toFixed(4));
}

function addSlope(
  slope: number[],
  candidates: readonly { values: number[]; correct: boolean }[],
  weights: readonly number[],
): void {
  const scores = candidates.map(({ values }) =>
    values.reduce((sum, value, k) => sum + value * (weights[k] ?? 0), 0),
  );
  const highest = Math.max(...scores);
  const odds = scores.map((score) => Math.exp(score - highest));
  const all = odds.reduce((sum, each) => sum + each, 0);
  const right = odds.reduce((sum, each, at) => sum + (candidates[at]?.correct ? each : 0), 0);
  candidates.forEach(({ values, correct }, at) => {
    const odd = odds[at] ?? 0;
    const excess = odd / all - (correct ? odd / right : 0);
    values.forEach((value, k) => (slope[k] = (slope[k] ?? 0) + excess * value));
  });
}
