import type { Command } from 'commander';
import { type Feedback, feedbackStatuses, type FeedbackStatus } from '#shared/contracts/feedback';
import type { GatewayClient } from '../client/gateway-client.js';
import { addSubcommand, type CommonOptions, withClient } from './datasource.client.js';

interface AddOptions extends CommonOptions {
  verdict?: 'good' | 'wrong';
  sql?: string;
  comment?: string;
}

const addHelp = `
Examples:
  ./nano feedback add 01a207be-24dc-76a7-99fc-2f328dcc6a46 --verdict good
  ./nano feedback add 01a207be-24dc-76a7-99fc-2f328dcc6a46 --sql "SELECT count(*) FROM orders" --comment "all of them"`;

export function addFeedbackCommand(program: Command): void {
  const feedback = program
    .command('feedback')
    .description('what people say of answers; what a reviewer approves becomes a verified example');
  addSubcommand(feedback, 'add', 'say of the answer to a query that it is good or wrong, or correct it')
    .argument('<query>', 'its id')
    .option('--verdict <verdict>', 'good or wrong')
    .option('--sql <sql>', 'the SQL that should have been the answer')
    .option('--comment <text>', 'what was good or wrong')
    .addHelpText('after', addHelp)
    .action(add);
  addSubcommand(feedback, 'list', 'list feedback, oldest first')
    .option('--status <status>', feedbackStatuses.join(', '), 'open')
    .addHelpText('after', '\nExample:\n  ./nano feedback list')
    .action(list);
  addSubcommand(feedback, 'approve', 'make a verified example of its SQL, once that has passed a dry run')
    .argument('<id>', 'as `list` prints it')
    .addHelpText('after', '\nExample:\n  ./nano feedback approve 01a207be-24dc-76a7-99fc-2f328dcc6a46')
    .action((id: string, options: CommonOptions) => decide(id, 'approve', options));
  addSubcommand(feedback, 'reject', 'put it aside')
    .argument('<id>', 'as `list` prints it')
    .addHelpText('after', '\nExample:\n  ./nano feedback reject 01a207be-24dc-76a7-99fc-2f328dcc6a46')
    .action((id: string, options: CommonOptions) => decide(id, 'reject', options));
}

async function add(query: string, { verdict, sql, comment, ...options }: AddOptions): Promise<void> {
  const { CliError } = await import('../cli-error.js');
  if ((verdict === undefined) === (sql === undefined))
    throw new CliError('usage', 'expected --verdict good or wrong, or --sql');
  if (verdict !== undefined && !['good', 'wrong'].includes(verdict))
    throw new CliError('usage', '--verdict is good or wrong');
  await withClient(options, async (client) => {
    const feedback = await client.addFeedback(query, {
      verdict: verdict ?? 'corrected',
      ...(sql !== undefined && { sql }),
      ...(comment !== undefined && { comment }),
    });
    await print(feedback, options);
  });
}

async function list({ status, ...options }: CommonOptions & { status: string }): Promise<void> {
  const known = feedbackStatuses.find((each) => each === status);
  const { CliError } = await import('../cli-error.js');
  if (!known) throw new CliError('usage', `--status is ${feedbackStatuses.join(', ')}`);
  const { stdout } = await import('../output/terminal.js');
  await withClient(options, async (client) => {
    const feedback = await allOf(client, known);
    if (options.json) return stdout.line(JSON.stringify({ feedback }));
    if (feedback.length === 0) stdout.line(`No feedback is ${status}.`);
    for (const each of feedback) await print(each, options);
  });
}

async function allOf(client: GatewayClient, status: FeedbackStatus): Promise<Feedback[]> {
  const all: Feedback[] = [];
  let after: string | null = null;
  do {
    const page = await client.feedback(status, after);
    all.push(...page.feedback);
    after = page.next;
  } while (after !== null);
  return all;
}

async function decide(id: string, decision: 'approve' | 'reject', options: CommonOptions): Promise<void> {
  await withClient(options, async (client) => print(await client.decideFeedback(id, decision), options));
}

async function print(feedback: Feedback, { json }: CommonOptions): Promise<void> {
  const { plain, stdout } = await import('../output/terminal.js');
  if (json) return stdout.line(JSON.stringify(feedback));
  const { id, verdict, status, datasource, question, sql, comment, caller } = feedback;
  const by = caller === undefined ? '' : ` by ${plain(caller)}`;
  stdout.line(`${id}  ${verdict}${by}, ${status}  ${datasource}: ${plain(question)}`);
  if (sql !== null) stdout.line(`  ${plain(sql).replaceAll('\n', '\n  ')}`);
  if (comment !== undefined) stdout.line(`  "${plain(comment)}"`);
}
