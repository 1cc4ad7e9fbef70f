import { resolve } from 'node:path';
import { publish } from '../../../../training/src/publish/publish.js';
import type { HistoryRecord } from '../../../../training/src/publish/history.js';
import { CliError } from '../cli-error.js';
import { catchInterrupts } from '../interrupts.js';
import { stderr, stdout } from '../output/terminal.js';
import { arePairs } from './eval.options.js';
import { changePublication } from './train.publication.js';
import { type Examined, examineTwice } from './train.regression.js';

export interface TrainPublishOptions extends Examined {
  adapters: string;
  servedFrom?: string;
  model?: string;
  maxRank: number;
  allowLoss: number;
  json?: true;
}

export async function trainPublish(
  folder: string,
  role: string,
  options: TrainPublishOptions,
): Promise<void> {
  const problem = problemOf(options);
  if (problem !== undefined) throw new CliError('usage', problem);
  // Also between the examinations, which look at signals of their own: an adapter that is not in use does not stay loaded.
  const interrupts = catchInterrupts();
  try {
    await changePublication(options.adapters, async ({ config, ...place }) => {
      const record = await publish({
        ...place,
        adapter: resolve(folder),
        role,
        served: options.servedFrom ?? place.volume,
        model: options.model,
        maxRank: options.maxRank,
        allowedLoss: options.allowLoss,
        evaluate: (catalogues, adapter) =>
          examineTwice(config, options, catalogues, adapter, () => interrupts.signal.aborted),
        say: (line) => stderr.line(line),
      });
      if (!record) {
        process.exitCode = interrupts.exitCode() ?? process.exitCode;
        return stderr.line('Interrupted: the catalogue is as it was.');
      }
      if (options.json) stdout.line(JSON.stringify(record));
      else print(record);
      if (record.action === 'refused') process.exitCode = 1;
    });
  } finally {
    interrupts.release();
  }
}

function problemOf({ data, questions, datasource, connection }: TrainPublishOptions): string | undefined {
  const pairs = arePairs({ ...(questions !== undefined && { questions }) });
  if (pairs && (datasource === undefined || connection === undefined))
    return `--questions ${questions} needs --datasource and --connection`;
  if (pairs && data !== undefined) return `--data does not go with ${questions}`;
  if (!pairs && data === undefined)
    return 'name the questions to examine it with: --data, or --questions of your own';
  return undefined;
}

function print({ action, from, to, model, evaluation }: HistoryRecord): void {
  if (evaluation) {
    const { questions, exBefore, exAfter, onlyBefore, onlyAfter, pValue, written, results } = evaluation;
    stdout.line(`before  ${percent(exBefore)} of ${questions} questions (${from?.name ?? model})`);
    stdout.line(
      `after   ${percent(exAfter)}, ${onlyAfter} won and ${onlyBefore} lost (p = ${pValue.toPrecision(2)})`,
    );
    stdout.line(`        ${percent(written)} were answered by ${to?.name}; written to ${results}`);
  }
  stdout.line(
    action === 'published'
      ? `${to?.name} is in use. \`./nano train rollback\` puts ${from?.name ?? 'the base model'} back.`
      : `${to?.name} does worse and is not in use; the catalogue is as it was.`,
  );
}

function percent(part: number): string {
  return `${(100 * part).toFixed(2)} %`;
}
