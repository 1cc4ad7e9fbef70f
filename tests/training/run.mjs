// `npm run test:training`: the whole way of an adapter on this machine's CPU, with a model of random weights. Prepare, check, train until
// it knows 32 statements by heart, load it into a real vLLM, publish it, ask through the four applications, refuse a worse one, roll back.
// NANO_TEST_TRAINING_PYTHON=…/bin/python takes a Python that has what training/requirements.txt lists.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainingPython } from './environment.mjs';
import { askAll, withService } from './service.mjs';
import { questions, writeQuestions } from './questions.mjs';
import { prepareEnvironment, root } from '../vllm/environment.mjs';
import { startVllm } from '../vllm/server.mjs';

const [python, vllmPython] = [trainingPython(), prepareEnvironment()];
const started = Date.now();
const folder = mkdtempSync(join(tmpdir(), 'nano-training-'));
const at = (...parts) => join(folder, ...parts);
const data = at('data');
const catalogue = at('models.yaml');

/** The other core starts vLLM, and threads that wait for one another on a busy machine cost more than they bring. */
const oneThread = { OMP_NUM_THREADS: '1' };

function say(text) {
  console.log(`${((Date.now() - started) / 1_000).toFixed(0).padStart(4)} s  ${text}`);
}

/** @returns the exit status */
function run(command, args, { environment = {}, cwd = root } = {}) {
  const env = { ...process.env, NANO_HOME: at('home'), ...environment };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject).once('exit', (code) => resolve(code ?? 1));
  });
}

const nano = (args, expected = 0) =>
  run(join(root, 'nano'), args, { environment: { MODELS_FILE: catalogue } }).then((status) =>
    holds(status === expected, `./nano ${args.slice(0, 2).join(' ')} ends with ${expected}`, status),
  );

const train = async (args) =>
  holds(
    (await run(python, args, { cwd: join(root, 'training'), environment: oneThread })) === 0,
    `python ${args.slice(0, 2).join(' ')} succeeds`,
  );

function holds(isTrue, claim, found) {
  if (!isTrue) throw new Error(`It does not hold that ${claim}${found === undefined ? '' : `: ${found}`}`);
  say(`ok: ${claim}`);
}

/** The training learns by heart, so it validates on what it learns: its accuracy rises to 100 %, and training stops. */
function validateOnTraining() {
  const prepared = at('prepared');
  copyFileSync(join(prepared, 'train.jsonl'), join(prepared, 'validation.jsonl'));
  const manifest = JSON.parse(readFileSync(join(prepared, 'manifest.json'), 'utf8'));
  const entry = (file) => manifest.outputs.find((output) => output.file === file);
  Object.assign(entry('validation.jsonl'), entry('train.jsonl'), { file: 'validation.jsonl' });
  writeFileSync(join(prepared, 'manifest.json'), JSON.stringify(manifest));
}

function writeRun(name, settings) {
  const fixed = {
    base: at('base'),
    data: 'prepared',
    adapter: { rank: 32, alpha: 64, dropout: 0 },
    optimiser: { learning_rate: 4e-3, warmup_ratio: 0.02, schedule: 'cosine' },
    batch: { size: 8, accumulation: 1 },
    epochs: 1_000,
    quantisation: 'none',
    gradient_checkpointing: false,
    save_steps: 1_000,
  };
  // JSON is YAML.
  writeFileSync(at(`${name}.yaml`), JSON.stringify({ ...fixed, output: name, ...settings }));
  return at(`${name}.yaml`);
}

async function makeBase() {
  writeQuestions(data);
  const out = at('prepared');
  const how = ['--template', 'llama3', '--validation', '0', '--distractors', '0', '--embeddings', 'none'];
  await nano(['train', 'prepare', '--data', data, '--questions', 'train.json', ...how, '--out', out]);
  await train(['-m', 'nano_training.random_base', 'tiny', join(out, 'train.jsonl'), at('base')]);
  await nano(['train', 'check', out, '--tokenizer', at('base')]);
  validateOnTraining();
}

async function makeAdapters() {
  await train(['-m', 'nano_training', writeRun('ignorant', { max_steps: 2, validation: null })]);
  const validation = {
    every_steps: 100,
    questions: 32,
    patience: 3,
    max_new_tokens: 96,
    batch: 32,
    nano: join(root, 'nano'),
  };
  await train(['-m', 'nano_training', writeRun('learned', { max_steps: 400, validation })]);
  const measured = readFileSync(at('learned', 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).validationEx)
    .filter((each) => each !== undefined);
  holds(Math.max(...measured) === 1, 'the trainer sees 100 % of validation', measured.join(', '));
}

const catalogued = () => readFileSync(catalogue, 'utf8');
const publish = (name, expected) =>
  nano(
    [
      'train',
      'publish',
      at(name, 'adapter'),
      'sql',
      '--adapters',
      at('adapters'),
      '--data',
      data,
      '--questions',
      at('data', 'train.json'),
      '--out',
      at('results'),
    ],
    expected,
  );

async function main() {
  await makeBase();
  // Its imports take as long as a part of the training.
  const starting = startVllm({ python: vllmPython, model: at('base'), name: 'base' });
  const [trained] = await Promise.allSettled([makeAdapters(), starting]);
  const vllm = await starting;
  try {
    if (trained.status === 'rejected') throw trained.reason;
    say('vLLM serves the base');
    mkdirSync(at('adapters'));
    writeFileSync(catalogue, JSON.stringify(catalogueOf(vllm.url), null, 2));
    const before = catalogued();
    await withService({ MODELS_FILE: catalogue, NANO_HOME: at('service') }, data, async (api) => {
      const first = await askAll(api, questions().slice(0, 1));
      holds(first[0].model === 'base', 'the base answers', first[0].model);
      await publish('learned', 0);
      const name = /sql-[0-9a-f]{12}/.exec(catalogued())?.[0];
      const answers = await askAll(api, questions(), name);
      const same = answers.filter(({ sql, query }) => sql === query).length;
      holds(
        same === 32,
        'the running service answers 32 questions with the statements that were learned',
        same,
      );
      await publish('ignorant', 1);
      holds(catalogued().includes(name), 'the worse one is not in use');
      await nano(['train', 'rollback', 'sql', '--adapters', at('adapters')]);
      holds(
        JSON.stringify(JSON.parse(catalogued()).models[0].adapters) === '[]',
        'the catalogue is as it was',
        before,
      );
      const [last] = await askAll(api, questions().slice(0, 1), 'base');
      holds(last.model === 'base', 'the base answers again', last.model);
    });
    const records = readFileSync(at('adapters', 'publications.jsonl'), 'utf8').trim().split('\n');
    holds(
      records.map((line) => JSON.parse(line).action).join() === 'published,refused,rolled_back',
      'all of it is on record',
    );
  } finally {
    await vllm.stop();
  }
}

function catalogueOf(url) {
  const endpoint = { name: 'cpu', url, concurrency: 16, firstTokenMs: 120_000, totalMs: 120_000 };
  return { endpoints: [endpoint], models: [{ name: 'base', maxTokens: 128 }] };
}

try {
  await main();
  say('done');
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  if (process.exitCode === 1) console.error(`What was made is in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
