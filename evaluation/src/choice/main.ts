import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { featureNames, withPriors } from '../../../apps/executor/src/candidates/features.js';
import { scoreOf } from '../../../apps/executor/src/candidates/weighted.js';
import { readDataset, readPredictions } from '../spider/dataset.js';
import { bootstrapInterval } from '../statistics/bootstrap.js';
import { type Fitted, fitWeights } from './fit-weights.js';
import { type WeighedQuestion, weighQuestions } from './weigh-questions.js';

const percent = (share: number) => (100 * share).toFixed(2);

/** Whether the candidate with the highest score is right, by question. */
function chosenRight(questions: readonly WeighedQuestion[], { features, priors }: Fitted): boolean[] {
  return questions.map(({ candidates }) => {
    const scores = candidates.map((each) => scoreOf(withPriors(each, priors), { features }));
    return candidates[scores.indexOf(Math.max(...scores))]?.correct ?? false;
  });
}

/**
 * Fits the weights of the choice among candidates to recorded predictions: on each half of the databases, reported on
 * the other one, and on all. `--sources` gives each file a prior of its own.
 */
async function main(data: string, files: readonly string[], out: string, hasSources: boolean): Promise<void> {
  const set = readDataset(data);
  const outputs = files.map((file) => readPredictions(file, set.questions.length, set.questions));
  const questions = await weighQuestions(set, outputs, (done) => {
    if (done % 100 === 0) console.error(`${done} of ${set.questions.length} questions`);
  });
  const ids = [...new Set(questions.map(({ dbId }) => dbId))].sort();
  const halves = [0, 1].map((half) => ids.filter((_, at) => at % 2 === half));
  const of = (half: number) => questions.filter(({ dbId }) => halves[half]?.includes(dbId));
  const systems = hasSources ? files.length : 0;
  const named = files.map((file) => basename(dirname(file))).join(', ');
  mkdirSync(out, { recursive: true });
  const write = (name: string, fitted: Fitted, on: string) => {
    const source = `Fitted by evaluation/src/choice on ${on} of ${named}.`;
    writeFileSync(
      join(out, `${name}.json`),
      `${JSON.stringify({ version: 1, source, ...fitted }, null, 2)}\n`,
    );
  };
  const votes = Object.fromEntries(featureNames.map((name) => [name, Number(name === 'votes')]));
  const vote = { features: votes as Fitted['features'], priors: [] };
  const fitted = [0, 1].map((half) => fitWeights(of(half), systems));
  const crossed: boolean[] = [];
  for (const half of [0, 1]) {
    const weights = fitted[1 - half];
    if (!weights) continue;
    write(`for-half-${half + 1}`, weights, `the other half than ${halves[half]?.join(', ')}`);
    const right = chosenRight(of(half), weights);
    crossed.push(...right);
    const plain = chosenRight(of(half), vote);
    console.log(
      `half ${half + 1} (${halves[half]?.join(' ')}): ${right.length} questions, weights of the other half ${percent(shareOf(right))}, plain vote ${percent(shareOf(plain))}`,
    );
  }
  const { low, high } = bootstrapInterval(crossed.map(Number), { seed: 1 });
  const any = questions.map(({ candidates }) => candidates.some(({ correct }) => correct));
  console.log(
    `all: cross-fitted ${percent(shareOf(crossed))} (95 %: ${percent(low)} to ${percent(high)}), plain vote ${percent(shareOf(chosenRight(questions, vote)))}, best possible ${percent(shareOf(any))}`,
  );
  write('all', fitWeights(questions, systems), 'all questions');
}

function shareOf(right: readonly boolean[]): number {
  return right.filter(Boolean).length / right.length;
}

const { values, positionals } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    sources: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
if (!values.data || !values.out || positionals.length < 2) {
  console.error('usage: --data DIR --out DIR [--sources] FILE FILE…');
  process.exitCode = 2;
} else await main(values.data, positionals, values.out, values.sources);
