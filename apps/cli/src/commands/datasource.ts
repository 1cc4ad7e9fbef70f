import type { Command } from 'commander';
import type { DatasourceView } from '../client/gateway-client.js';
import { addSubcommand, type CommonOptions, waitFor, withClient } from './datasource.client.js';
import { addDescribeCommand } from './datasource.describe.js';
import { addExamplesCommand } from './datasource.examples.js';
import { addScheduleCommand, refreshPeriod } from './datasource.schedule.js';
import { listOf, wholeNumber } from './options.js';

interface AddOptions extends CommonOptions {
  policy?: string;
  maxRows?: number;
  maxBytes?: number;
  timeoutMs?: number;
  allowTables?: string[];
  denyTables?: string[];
  sampleValues: boolean;
  allowPrivileged?: true;
  refreshEvery?: number;
  wait?: true;
}

const addHelp = `
Examples:
  ./nano datasource add sales ./sales.sqlite --wait
  ./nano datasource add crm postgres://reader:secret@db.internal:5432/crm --max-rows 500
  ./nano datasource add hr ./hr.sqlite --deny-tables salary --no-sample-values
  ./nano datasource add pay postgres://reader:secret@db.internal:5432/pay --policy pay.yaml

A policy file holds what docs/api.md lists under policy, columns and the caller's role included; options go before it:
  denyColumns: [staff.salary, staff.iban]
  asCaller: { by: setting, setting: nano.caller }

A SQLite file is read on the machine where the service runs.`;

export function addDatasourceCommand(program: Command): void {
  const datasource = program.command('datasource').description('register and look at databases');
  addSubcommand(datasource, 'add', 'register a SQLite file, a PostgreSQL or a MySQL URL')
    .argument('<name>', 'a-z, 0-9, _ and -')
    .argument('<file-or-url>', 'path of a SQLite file, postgres://… or mysql://…')
    .option('--policy <file>', 'access policy, YAML or JSON')
    .option('--max-rows <n>', 'rows that an answer may have', wholeNumber(1, 100_000))
    .option('--max-bytes <n>', 'bytes that an answer may have', wholeNumber(1_024))
    .option('--timeout-ms <n>', 'time that a statement may take', wholeNumber(10, 300_000))
    .option('--allow-tables <names>', 'only these tables, comma-separated', listOf)
    .option('--deny-tables <names>', 'not these tables, comma-separated', listOf)
    .option('--no-sample-values', 'keep cell values out of the schema snapshot and the prompt')
    .option('--allow-privileged', 'also with a role that may do more than read')
    .option('--refresh-every <seconds>', 'read its schema again, by itself, each time', refreshPeriod)
    .option('--wait', 'wait until its schema is indexed')
    .addHelpText('after', addHelp)
    .action(add);
  addSubcommand(datasource, 'list', 'list the registered databases')
    .addHelpText('after', '\nExample:\n  ./nano datasource list --json')
    .action(list);
  addSubcommand(datasource, 'show', 'show one with its tables and columns')
    .argument('<name>')
    .addHelpText('after', '\nExample:\n  ./nano datasource show shop')
    .action(show);
  addSubcommand(datasource, 'refresh', 'take a new snapshot of the schema')
    .argument('<name>')
    .option('--wait', 'wait until it is indexed')
    .addHelpText('after', '\nExample:\n  ./nano datasource refresh sales --wait')
    .action(refresh);
  addSubcommand(datasource, 'remove', 'forget a database and its credentials; the database itself stays')
    .argument('<name>')
    .addHelpText('after', '\nExample:\n  ./nano datasource remove sales')
    .action(remove);
  addScheduleCommand(datasource);
  addDescribeCommand(datasource);
  addExamplesCommand(datasource);
}

async function add(name: string, target: string, options: AddOptions): Promise<void> {
  const { connectionOf, policyOf } = await import('../client/register.js');
  const { readPolicy } = await import('../client/policy-file.js');
  const written = options.policy === undefined ? {} : await readPolicy(options.policy);
  const request = {
    name,
    connection: connectionOf(target),
    policy: { ...written, ...policyOf(options) },
    ...(options.allowPrivileged && { allowPrivileged: true }),
    ...(options.refreshEvery !== undefined && { refreshSeconds: options.refreshEvery }),
  };
  await withClient(options, async (client, ends) => {
    const added = await client.registerDatasource(request);
    await printOne(options.wait || ends ? await waitFor(client, name) : added, options);
  });
}

async function list(options: CommonOptions): Promise<void> {
  await withClient(options, async (client) => {
    const datasources = await client.datasources();
    const { stdout } = await import('../output/terminal.js');
    if (options.json) return stdout.line(JSON.stringify({ datasources }));
    const { printDatasources } = await import('../output/datasources.js');
    printDatasources(datasources, stdout);
  });
}

async function show(name: string, options: CommonOptions): Promise<void> {
  await withClient(options, async (client) => printOne(await client.datasource(name), options));
}

async function refresh(name: string, options: CommonOptions & { wait?: true }): Promise<void> {
  await withClient(options, async (client, ends) => {
    await client.refreshDatasource(name);
    await printOne(
      options.wait || ends ? await waitFor(client, name) : await client.datasource(name),
      options,
    );
  });
}

async function remove(name: string, options: CommonOptions): Promise<void> {
  await withClient(options, async (client) => {
    await client.removeDatasource(name);
    const { stdout } = await import('../output/terminal.js');
    stdout.line(options.json ? JSON.stringify({ name, removed: true }) : `${name} is removed.`);
  });
}

async function printOne(datasource: DatasourceView, { json }: CommonOptions): Promise<void> {
  const { stdout } = await import('../output/terminal.js');
  if (json) return stdout.line(JSON.stringify(datasource));
  const { printDatasource } = await import('../output/datasources.js');
  printDatasource(datasource, stdout);
}
