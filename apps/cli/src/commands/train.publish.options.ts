import type { Command } from 'commander';
import { share, wholeNumber } from './options.js';
import type { TrainPublishOptions } from './train.publish.js';
import type { TrainRollbackOptions } from './train.rollback.js';

const publishExamples = `
Needs MODELS_FILE, the catalogue of the models. The adapter is looked through, copied to the volume as NAME-HASH, loaded by every
model server of its model, and examined: the questions are asked twice, with the catalogue as it is and with the adapter in place of
the one in use, by a service that is started for it. The catalogue is switched only if no more questions are lost than won, and
running generators take it up. publications.jsonl on the volume has a line for each publication with its figures.

Examples:
  MODELS_FILE=models.yaml ./nano train publish out/adapter sql --adapters /adapters --data spider
  MODELS_FILE=models.yaml ./nano train publish out/adapter sales --adapters /srv/adapters --served-from /adapters \\
    --questions sales.yaml --datasource sales --connection postgres://reader:secret@db.internal:5432/sales

Exit status: 0 published, 1 not, for it does worse or cannot be loaded, 2 wrong usage.`;

const rollbackExamples = `
Needs MODELS_FILE. The former adapter is loaded first and the catalogue switched then; asked again, it goes back one further.

Example:
  MODELS_FILE=models.yaml ./nano train rollback sql --adapters /adapters`;

export function addPublishCommands(group: Command): void {
  group
    .command('publish')
    .description('put an adapter into use if the service does no worse with it')
    .argument('<dir>', 'folder `adapter` of a run of training/')
    .argument('<name>', 'what it is for, such as sql: the adapter in use under the same name gives way')
    .requiredOption('--adapters <dir>', "the adapters' volume, as it is mounted here")
    .option('--served-from <dir>', 'the same as the model server sees it (default: as here)')
    .option('--model <name>', 'model of the catalogue that it is for (default: the only one)')
    .option('--max-rank <n>', "the model server's --max-lora-rank", wholeNumber(1), 32)
    .option('--data <dir>', 'questions to examine it with: Spider-style folder')
    .option(
      '--questions <file>',
      'other questions of it than dev.json, or a file of your own as `eval` has it',
    )
    .option('--datasource <name>', 'what the questions of your own are about')
    .option('--connection <url>', 'where that is: SQLite file or postgres://…')
    .option('--limit <n>', 'only the first so many questions', wholeNumber(1))
    .option('--concurrency <n>', 'questions in flight at a time', wholeNumber(1, 512), 16)
    .option('--allow-loss <share>', 'share of the questions that may be lost', share, 0)
    .option('--out <dir>', 'where the results of both runs go', 'publication-results')
    .option('--json', 'print the record of the publication')
    .addHelpText('after', publishExamples)
    .action(async (folder: string, name: string, options: TrainPublishOptions) => {
      const { trainPublish } = await import('./train.publish.js');
      await trainPublish(folder, name, options);
    });
  group
    .command('rollback')
    .description('put the adapter that was in use before back into use')
    .argument('<name>', 'what was published')
    .requiredOption('--adapters <dir>', "the adapters' volume, as it is mounted here")
    .option('--model <name>', 'model of the catalogue that it is for (default: the only one)')
    .option('--json', 'print the record')
    .addHelpText('after', rollbackExamples)
    .action(async (name: string, options: TrainRollbackOptions) => {
      const { trainRollback } = await import('./train.rollback.js');
      await trainRollback(name, options);
    });
}
