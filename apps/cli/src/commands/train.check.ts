import Table from 'cli-table3';
import { isAppError } from '#shared/errors/app-error';
import { type CheckReport, checkData } from '../../../../training/src/check/check.js';
import { readChatModel } from '../../../../training/src/check/chat-model.js';
import { StatementRunner } from '../../../../training/src/pairs/statement-runner.js';
import { CliError } from '../cli-error.js';
import { plain, stdout } from '../output/terminal.js';
import { EvalProgress } from './eval.progress.js';

export interface TrainCheckOptions {
  maxTokens: number;
  tokenizer?: string;
  against?: string[];
  json?: true;
}

const findingsShown = 5;

export async function trainCheck(folder: string, options: TrainCheckOptions): Promise<void> {
  const runner = new StatementRunner();
  const progress = new EvalProgress();
  try {
    const report = await checkData({
      folder,
      maxTokens: options.maxTokens,
      ...(options.tokenizer !== undefined && { model: readChatModel(options.tokenizer) }),
      against: options.against ?? [],
      runner,
      onProgress: (done, total) => progress.show({ step: 'check', done, total }),
    });
    progress.end();
    if (options.json) stdout.line(JSON.stringify(report));
    else print(report);
    process.exitCode = report.ok ? 0 : 1;
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw new CliError('usage', error.message, { cause: error });
  } finally {
    progress.end();
    await runner.close();
  }
}

function print({ checks, tokens, goldTablesShown, train, validation, ok }: CheckReport): void {
  const table = new Table({
    style: { head: [], border: [] },
    head: ['the data …', 'checked', 'found', ''],
    colAligns: ['left', 'right', 'right', 'left'],
  });
  for (const { name, checked, findings, severity } of checks)
    table.push([name, checked, findings.length, findings.length === 0 ? 'ok' : severity]);
  stdout.line(table.toString());
  for (const { name, findings } of checks) {
    for (const { id, message } of findings.slice(0, findingsShown))
      stdout.line(plain(`${name}: ${id ?? 'the data'} ${message}`));
    if (findings.length > findingsShown) stdout.line(`${name}: ${findings.length - findingsShown} more`);
  }
  stdout.line(`${train} examples to train on, ${validation} to validate with`);
  if (tokens) stdout.line(`tokens of an example: p50 ${tokens.p50}, p95 ${tokens.p95}, p99 ${tokens.p99}`);
  if (goldTablesShown !== null)
    stdout.line(`${(100 * goldTablesShown).toFixed(2)} % of the prompts show every table of their SQL`);
  stdout.line(ok ? 'Nothing forbids training on it.' : 'It must not be trained on as it is.');
}
