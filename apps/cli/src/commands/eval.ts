import type { Command } from 'commander';
import type { EvalOptions } from './eval.options.js';
import { addEvalRetrievalCommand } from './eval.retrieval.options.js';
import { httpAddress, urlOption, wholeNumber } from './options.js';

const examples = `
Examples:
  ./nano eval --data spider                                        the model that is configured, on dev.json
  ./nano eval --data spider --predictions pred.sql --out scores    a file of SQL, without a model
  ./nano eval --data spider --recorded pred.sql --max-corrections 0
  ./nano eval --data spider --recorded a.sql b.sql c.sql           three systems, voting by result
  ./nano eval --data spider --questions sparc/dev.json             dialogues, turn by turn
  ./nano eval --questions questions.csv --datasource sales         questions of your own
  ./nano eval --data spider --out after --compare-with before

Writes metrics.json, detailed_results.jsonl and dashboard.html to --out. An interrupted run goes on with --resume.
Exit status: 0 all asked and scored, whatever the score; 1 not; 2 wrong usage.`;

export function addEvalCommand(program: Command): void {
  const command = program
    .command('eval')
    .description('ask the questions of a set and measure how many answers are right')
    .option('--data <dir>', 'Spider-style folder: dev.json, tables.json, database/<id>/<id>.sqlite')
    .option(
      '--questions <file>',
      'questions with SQL: JSON as Spider or SParC have it, CSV, JSON Lines or YAML',
    )
    .option('--examples <file>', 'pairs of the form of dev.json, approved as verified examples for the run')
    .option('--datasource <name>', 'registered datasource that the questions of --questions are about')
    .option('--connection <url>', 'where to compare results, of a PostgreSQL datasource')
    .option('--out <dir>', 'folder for the results', 'evaluation-results')
    .option('--recorded <files...>', 'answer from recorded outputs, one file for each sample')
    .option(
      '--recorded-port <n>',
      'port of the recorded model, for a deployment of --url',
      wholeNumber(0, 65_535),
      0,
    )
    .option('--predictions <file>', 'score these statements, one a line, and ask no model')
    .option('--limit <n>', 'only the first so many questions', wholeNumber(1))
    .option('--db <id>', 'only the questions on this database')
    .option(
      '--candidates <n>',
      'SQL texts asked of the model (default: 1, or one for each recorded file)',
      wholeNumber(1, 16),
    )
    .option('--max-corrections <n>', 'further attempts after SQL that failed', wholeNumber(0, 5), 3)
    .option('--concurrency <n>', 'questions in flight at a time', wholeNumber(1, 512), 16)
    .option('--separate-turns', 'ask each turn of a dialogue without the earlier ones')
    .option(...urlOption, httpAddress)
    .option('--resume', 'go on with the run that --out holds')
    .option('--compare-with <dir>', 'the --out of another run on the same questions')
    .option('--gpus <n>', 'GPUs of the model server: gives GPU-seconds a question', wholeNumber(1))
    .option('--json', 'print metrics.json')
    .addHelpText('after', examples)
    .action(run);
  addEvalRetrievalCommand(command);
}

async function run(options: EvalOptions): Promise<void> {
  const { checkOptions } = await import('./eval.options.js');
  checkOptions(options);
  try {
    await evaluate(options);
  } catch (error) {
    const { isAppError } = await import('#shared/errors/app-error');
    const { CliError } = await import('../cli-error.js');
    // The evaluation's own complaint about a file or a folder; the service's come as GatewayProblem.
    if (!isAppError(error)) throw error;
    throw new CliError('usage', error.message, { cause: error });
  }
}

async function evaluate(options: EvalOptions): Promise<void> {
  if (options.predictions !== undefined) {
    const { scoreFile } = await import('./eval.predictions.js');
    return scoreFile(options, options.predictions);
  }
  const { askService } = await import('./eval.run.js');
  return askService(options);
}
