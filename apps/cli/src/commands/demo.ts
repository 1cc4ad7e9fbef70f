import type { Command } from 'commander';
import type { ModelOptions } from '../model/choose-model.js';
import type { GatewayClient } from '../client/gateway-client.js';
import type { Session } from '../embedded/session.js';
import { httpAddress, llmOption, modelOption } from './options.js';

/** Of each sample's questions, which go from easy to hard: a filter, a group or a ranking, a negation. */
const chosen = new Set([1, 4, 7]);

const help = `
Example:
  ./nano demo

Exit status: 0 when every question was answered.`;

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('start the service, ask the bundled samples some questions, and stop')
    .option(...modelOption)
    .option(...llmOption, httpAddress)
    .addHelpText('after', help)
    .action(demo);
}

async function demo(options: ModelOptions): Promise<void> {
  const { readConfig } = await import('../config.js');
  const { withSession } = await import('./with-session.js');
  const { withModelOptions } = await import('../model/choose-model.js');
  const config = withModelOptions(readConfig(), options);
  const startedAt = Date.now();
  const { stderr } = await import('../output/terminal.js');
  stderr.line('Starting PostgreSQL, the four apps and the samples …');
  await withSession(config, undefined, (session, interrupt) => askSamples(session, interrupt, startedAt));
}

async function askSamples(session: Session, interrupt: AbortSignal, startedAt: number): Promise<void> {
  const { samples } = await import('../../../../samples/src/catalogue.js');
  const { stdout } = await import('../output/terminal.js');
  const { tellModel } = await import('../output/model-notice.js');
  const how = session.host ? `ready after ${seconds(startedAt)}` : 'already running';
  stdout.line(`Nano-Analyst at ${session.client.url}, ${how}.`);
  if (session.host) tellModel(session.host, stdout);
  let asked = 0;
  let answered = 0;
  for (const sample of samples) {
    stdout.line(`\n${stdout.style('bold', sample.title)}: ${sample.description}`);
    for (const { question } of sample.questions.filter((_, index) => chosen.has(index))) {
      if (interrupt.aborted) return;
      asked++;
      if (await askOne(session.client, sample.name, question, interrupt)) answered++;
    }
  }
  stdout.line(`\n${answered} of ${asked} questions answered in ${seconds(startedAt)}.`);
  if (answered < asked) process.exitCode = 1;
}

async function askOne(
  client: GatewayClient,
  datasource: string,
  question: string,
  interrupt: AbortSignal,
): Promise<boolean> {
  const { askQuestion } = await import('../client/ask-question.js');
  const { printAnswer } = await import('../output/answer.js');
  const { stagePrinter } = await import('../output/stages.js');
  const { stdout } = await import('../output/terminal.js');
  stdout.line(`\n${stdout.style('bold', `? ${question}`)}`);
  const query = await askQuestion(client, { question, datasource }, stagePrinter(stdout), interrupt);
  printAnswer(query, stdout);
  return query.status === 'succeeded' && query.clarification === undefined;
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
