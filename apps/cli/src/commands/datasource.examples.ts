import type { Command } from 'commander';
import type { AddExample, Example } from '#shared/contracts/example';
import type { GatewayClient } from '../client/gateway-client.js';
import { addSubcommand, type CommonOptions, withClient } from './datasource.client.js';

const addHelp = `
The file holds a JSON object with \`question\` and \`sql\` on each line. The example that has the question is replaced.

Examples:
  ./nano datasource examples add shop "Who spent most?" "SELECT name FROM customers ORDER BY spent DESC LIMIT 1"
  ./nano datasource examples add shop --file examples.jsonl`;

export function addExamplesCommand(datasource: Command): void {
  const examples = datasource
    .command('examples')
    .description('questions with SQL that a person approved, for the model to learn from');
  addSubcommand(examples, 'list', 'list the verified examples of a datasource')
    .argument('<name>')
    .addHelpText('after', '\nExample:\n  ./nano datasource examples list shop')
    .action(list);
  addSubcommand(examples, 'add', 'approve SQL for a question; it is kept as text and does not run')
    .argument('<name>')
    .argument('[question]')
    .argument('[sql]')
    .option('--file <file>', 'JSON Lines with `question` and `sql`')
    .addHelpText('after', addHelp)
    .action(add);
  addSubcommand(examples, 'remove', 'take an example back')
    .argument('<name>')
    .argument('<id>', 'as `list` prints it')
    .addHelpText(
      'after',
      '\nExample:\n  ./nano datasource examples remove shop 01a207be-24dc-76a7-99fc-2f328dcc6a46',
    )
    .action(remove);
}

async function list(name: string, options: CommonOptions): Promise<void> {
  const { plain, stdout } = await import('../output/terminal.js');
  await withClient(options, async (client) => {
    const examples = await allOf(client, name);
    if (options.json) return stdout.line(JSON.stringify({ examples }));
    if (examples.length === 0) stdout.line(`${name} has no verified example.`);
    for (const { id, question, sql } of examples)
      stdout.line(`${id}  ${plain(question)}\n  ${plain(sql).replaceAll('\n', '\n  ')}`);
  });
}

async function allOf(client: GatewayClient, name: string): Promise<Example[]> {
  const examples: Example[] = [];
  let after: string | null = null;
  do {
    const page = await client.examples(name, after);
    examples.push(...page.examples);
    after = page.next;
  } while (after !== null);
  return examples;
}

async function add(
  name: string,
  question: string | undefined,
  sql: string | undefined,
  options: CommonOptions & { file?: string },
): Promise<void> {
  const { stdout } = await import('../output/terminal.js');
  const given = await givenExamples(question, sql, options.file);
  await withClient(options, async (client) => {
    const examples: Example[] = [];
    for (const example of given) examples.push(await client.addExample(name, example));
    if (options.json) return stdout.line(JSON.stringify({ examples }));
    const count = examples.length;
    stdout.line(`${count} ${count === 1 ? 'example' : 'examples'} of ${name} approved.`);
  });
}

async function givenExamples(
  question: string | undefined,
  sql: string | undefined,
  file: string | undefined,
): Promise<AddExample[]> {
  const { CliError } = await import('../cli-error.js');
  const isPair = question !== undefined && sql !== undefined;
  if (file === undefined && isPair) return [{ question, sql }];
  if (file === undefined || question !== undefined)
    throw new CliError('usage', 'expected a question and its SQL, or --file');
  const { readLines } = await import('./json-lines.js');
  const { z } = await import('zod');
  const pair = z.object({ question: z.string(), sql: z.string() });
  return (await readLines(file, pair, '`question` and `sql`')).map(({ value }) => value);
}

async function remove(name: string, id: string, options: CommonOptions): Promise<void> {
  const { stdout } = await import('../output/terminal.js');
  await withClient(options, async (client) => {
    await client.removeExample(name, id);
    stdout.line(options.json ? JSON.stringify({ id, removed: true }) : `${id} is removed.`);
  });
}
