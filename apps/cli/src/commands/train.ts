import { type Command, Option } from 'commander';
import { templateNames } from '#shared/prompt/template';
import { httpAddress, listOf, share, urlOption, wholeNumber } from './options.js';
import type { TrainCheckOptions } from './train.check.js';
import type { TrainPrepareOptions } from './train.prepare.js';
import { addPublishCommands } from './train.publish.options.js';

const prepareExamples = `
Writes train.jsonl and validation.jsonl (chat messages, the reply last), a folder of the validation questions that
\`./nano eval --data\` reads, and manifest.json with hashes of all that went in. Prompts are those of the service: the
retriever's own context over the database's own schema and values.

Examples:
  ./nano train prepare --data spider --questions train_spider.json --hold-out dev.json --out .nano/training/spider
  ./nano train prepare --verified --hold-out questions.json --out .nano/training/ours

Exit status: 0 written, 1 failed, 2 wrong usage.`;

const checkExamples = `
Examples:
  ./nano train check .nano/training/spider --against spider/dev.json
  ./nano train check .nano/training/spider --tokenizer models/llama3 --max-tokens 1536 --json

Exit status: 0 nothing that forbids training, 1 something does, 2 wrong usage.`;

export function addTrainCommand(program: Command): void {
  const group = program
    .command('train')
    .description('make adapters from verified examples and question sets');
  addPrepare(group);
  group
    .command('check')
    .argument('<dir>', 'folder that `train prepare` wrote')
    .description('look for what must not be trained on')
    .option('--max-tokens <n>', 'length of an example that the training takes', wholeNumber(16), 1_536)
    .option(
      '--tokenizer <dir>',
      "the model's folder: examples as its chat template lays them out, and in its tokens",
    )
    .option('--against <files>', "questions of evaluations, in Spider's form", listOf)
    .option('--json', 'print one JSON object')
    .addHelpText('after', checkExamples)
    .action(async (folder: string, options: TrainCheckOptions) => {
      const { trainCheck } = await import('./train.check.js');
      await trainCheck(folder, options);
    });
  addPublishCommands(group);
}

function addPrepare(group: Command): void {
  group
    .command('prepare')
    .description('write training data from question sets and verified examples')
    .option('--data <dir>', 'Spider-style folder with tables.json and database/<id>/<id>.sqlite')
    .option('--questions <files>', 'files of questions in it (default: train_spider.json)', listOf)
    .option('--verified', 'the verified examples of every datasource of a gateway')
    .option(
      '--recorded <files>',
      'recorded statements for the first file of questions, to learn from those that fail',
      listOf,
    )
    .option('--hold-out <files>', 'questions of evaluations: nothing like them is learned from', listOf)
    .requiredOption('--out <dir>', 'where to write')
    .addOption(new Option('--template <name>', 'prompt template').choices([...templateNames]).default('chat'))
    .addOption(
      new Option('--split <how>', 'validation on databases of its own, or at random')
        .choices(['database', 'random'])
        .default('database'),
    )
    .option('--validation <share>', 'share of the pairs that validate', share, 0.1)
    .option('--distractors <share>', 'share of the examples with tables of other databases', share, 0.2)
    .option(
      '--max-tokens <n>',
      'tokens of an example; prompts are cut as the service cuts them',
      wholeNumber(64),
      1_536,
    )
    .option('--embeddings <which>', 'none, local or the URL of an endpoint, as `eval retrieval` has it')
    .option('--seed <n>', 'seed of the split and the distractors', wholeNumber(0), 42)
    .option('--json', 'print the manifest as JSON')
    .option(...urlOption, httpAddress)
    .addHelpText('after', prepareExamples)
    .action(async (options: TrainPrepareOptions) => {
      const { trainPrepare } = await import('./train.prepare.js');
      await trainPrepare(options);
    });
}
