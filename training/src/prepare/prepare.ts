import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { permanent } from '#shared/errors/app-error';
import { type TemplateName, templateOf } from '#shared/prompt/template';
import type { OpenRetriever } from '../../../evaluation/src/retrieval/open-retriever.js';
import { seededRandom } from '../../../evaluation/src/statistics/random.js';
import { hasControlSigns } from '../pairs/forms.js';
import { distinctPairs, Holdout } from '../pairs/holdout.js';
import { splitAtRandom, splitByDatabase } from '../pairs/split.js';
import type { StatementRunner } from '../pairs/statement-runner.js';
import type { TrainingPair } from '../pairs/training-pair.js';
import { approvedPairs, approveKept, beside, examplesIn, type VerifiedDatabase } from './approved.js';
import { Contexts, type IsShown } from './contexts.js';
import { correctionsOf, withoutFailures } from './corrections.js';
import { type TrainingExample, toExample } from './example.js';
import type { Manifest } from './manifest.js';
import { type Input, readRecorded, type ReadSet, readSet } from './question-sets.js';
import { type TrainedDatabase, trainedDatabases } from './trained-databases.js';
import { writeData } from './write-data.js';

export interface PrepareOptions {
  /** Spider-style folder with `database/`; undefined where verified examples are all there is. */
  data: string | undefined;
  /** Files of questions in it. */
  questions: string[];
  verified: VerifiedDatabase[];
  /** Files of recorded statements, each with the file of questions that it answers. */
  recorded: { file: string; questions: string }[];
  /** Files of questions that may not be learned from, nor anything like them. */
  holdOut: string[];
  out: string;
  template: TemplateName;
  split: 'database' | 'random';
  validationShare: number;
  distractorRate: number;
  /** Tokens of an example, as estimated: prompts are cut to fit as the service cuts them. */
  maxTokens: number;
  seed: number;
  retriever: OpenRetriever;
  runner: StatementRunner;
  onProgress: (step: 'schemas' | 'failures' | 'statements' | 'contexts', done: number, total: number) => void;
}

/**
 * Writes train.jsonl, validation.jsonl, a Spider-style folder of the validation questions, and manifest.json. The same inputs
 * and options give the same bytes.
 * @throws AppError `invalid_request` naming the file that is wrong
 */
export async function prepare(options: PrepareOptions): Promise<Manifest> {
  const { verified, seed, onProgress } = options;
  const sets = options.questions.map((file) => readSet(options.data ?? '', file));
  const contexts = new Contexts(options.retriever);
  const databases = trainedDatabases(options.data ?? '', sets);
  const approved = approvedPairs(verified, databases);
  const schemas = await addSchemas(contexts, databases, verified, onProgress);
  const { corrections, inputs } = await recordedFailures(options, sets, contexts, databases);
  const given = [...sets.flatMap(({ pairs }) => pairs), ...approved, ...corrections];
  if (given.length === 0)
    throw permanent(
      'invalid_request',
      'There is nothing to learn from: no question and no verified example.',
    );
  const held = options.holdOut.map((file) => readSet(options.data ?? '', file));
  const runnable = await withoutFailures(given, databases, options.runner, (done) =>
    onProgress('statements', done, given.length),
  );
  const { kept, leftOut } = selected(runnable, new Holdout(held.flatMap(({ pairs }) => pairs)));
  const share = options.validationShare;
  const split =
    options.split === 'random' ? splitAtRandom(kept, share, seed) : splitByDatabase(kept, share, seed);
  approveKept(contexts, kept);
  const random = seededRandom(seed);
  const total = kept.length;
  let done = 0;
  let tooLong = 0;
  const written = async (
    pairs: readonly TrainingPair[],
    shown: readonly TrainingPair[],
  ): Promise<TrainingExample[]> => {
    const ids = new Set(shown.map(({ example: id }) => id));
    const examples: TrainingExample[] = [];
    for (const pair of pairs) {
      const example = await exampleOf(pair, contexts, { ...options, isShown: beside(pair, ids) }, random);
      if (example) examples.push(example);
      else tooLong += 1;
      onProgress('contexts', (done += 1), total);
    }
    return examples;
  };
  // Nothing that validates is shown to what is trained on.
  const train = await written(split.train, split.train);
  // A correction's question is asked as it is: what counts is the first reply.
  const asked = split.validation.filter(({ source }) => source !== 'correction');
  const validation = await written(asked, kept);
  return writeData({
    out: options.out,
    data: options.data,
    train,
    validation,
    manifest: {
      form: 1,
      inputs: [...sets.map(({ input }) => input), ...inputs, ...held.map(({ input }) => input)],
      schemas,
      template: options.template,
      templateVersion: templateOf(options.template).version,
      split: options.split,
      validationShare: share,
      seed,
      distractorRate: options.distractorRate,
      embeddings: options.retriever.embedder?.identity ?? 'none',
      contextTokens: options.retriever.budget.tokens,
      maxTokens: options.maxTokens,
      leftOut: { ...leftOut, failure: given.length - runnable.length, length: tooLong },
      verifiedExamples: examplesIn([...train, ...validation]),
    },
  });
}

type Sets = readonly ReadSet[];

async function addSchemas(
  contexts: Contexts,
  databases: ReadonlyMap<string, TrainedDatabase>,
  verified: readonly VerifiedDatabase[],
  onProgress: PrepareOptions['onProgress'],
): Promise<Record<string, string>> {
  const schemas: Record<string, string> = {};
  const total = databases.size + verified.length;
  const add = async (name: string, snapshot: SchemaSnapshot): Promise<void> => {
    await contexts.add(name, snapshot);
    schemas[name] = snapshot.fingerprint;
    onProgress('schemas', Object.keys(schemas).length, total);
  };
  for (const [name, { snapshot }] of databases) await add(name, await snapshot());
  for (const { name, snapshot } of verified) await add(name, snapshot);
  return schemas;
}

async function recordedFailures(
  { data = '', recorded, runner, onProgress }: PrepareOptions,
  sets: Sets,
  contexts: Contexts,
  databases: ReadonlyMap<string, TrainedDatabase>,
): Promise<{ corrections: TrainingPair[]; inputs: Input[] }> {
  const inputs: Input[] = [];
  const statements = recorded.flatMap(({ file, questions }) => {
    const known = sets.find(({ input }) => input.file === questions);
    // Failures on databases that are not trained on would carry an evaluation's questions in.
    if (!known)
      throw permanent(
        'invalid_request',
        `${file} answers ${questions}, which is not among the questions to learn from`,
      );
    const read = readRecorded(file, readSet(data, questions).set);
    inputs.push(read.input);
    return known.pairs.flatMap((pair, at) => {
      const snapshot = contexts.snapshotOf(pair.database);
      const database = databases.get(pair.database)?.file;
      const statement = read.statements[at] ?? '';
      return snapshot && database !== undefined ? [{ pair, statement, file: database, snapshot }] : [];
    });
  });
  const corrections = await correctionsOf(statements, runner, (done) =>
    onProgress('failures', done, statements.length),
  );
  return { corrections, inputs };
}

function selected(given: readonly TrainingPair[], holdout: Holdout) {
  const leftOut = { question: 0, skeleton: 0, duplicate: 0, signs: 0 };
  const allowed = given.filter((pair) => {
    if (hasControlSigns(pair.sql)) {
      leftOut.signs += 1;
      return false;
    }
    const overlap = holdout.overlap(pair);
    if (overlap) leftOut[overlap] += 1;
    return !overlap;
  });
  const kept = distinctPairs(allowed);
  leftOut.duplicate = allowed.length - kept.length;
  return { kept, leftOut };
}

async function exampleOf(
  pair: TrainingPair,
  contexts: Contexts,
  { template, distractorRate, maxTokens, isShown }: PrepareOptions & { isShown: IsShown },
  random: () => number,
): Promise<TrainingExample | null> {
  const context = await contexts.of(pair.database, pair.question, isShown);
  const isMixed = random() < distractorRate;
  const shown = isMixed ? contexts.withDistractors(pair.database, context, random) : context;
  const distractors = shown.tables.length - context.tables.length;
  return toExample(pair, shown, { template, distractors, maxTokens });
}
