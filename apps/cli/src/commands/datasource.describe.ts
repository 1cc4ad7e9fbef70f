import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { DescribedDatasource } from '#shared/contracts/descriptions';
import { addSubcommand, type CommonOptions, waitFor, withClient } from './datasource.client.js';

const help = `
The file replaces all that was said before. Every part of it may be left out:

  tables:
    orders:
      description: What customers bought
      synonyms: [purchases]
      columns:
        status:
          description: How far it is
          synonyms: [state]
  terms:
    churn: Share of customers who left in a month

Examples:
  ./nano datasource describe shop shop.yaml --wait
  ./nano datasource describe shop > shop.yaml`;

export function addDescribeCommand(datasource: Command): void {
  addSubcommand(datasource, 'describe', 'say what its tables, columns and terms mean, or print it as YAML')
    .argument('<name>')
    .argument('[file]', 'YAML; without it the present descriptions are printed')
    .option('--wait', 'wait until it is indexed')
    .addHelpText('after', help)
    .action(describe);
}

async function describe(
  name: string,
  file: string | undefined,
  options: CommonOptions & { wait?: true },
): Promise<void> {
  const descriptions = file === undefined ? undefined : await readYaml(file);
  await withClient(options, async (client, ends) => {
    if (file === undefined) return print(await client.descriptions(name), options);
    const described = await client.describeDatasource(name, descriptions);
    if (options.wait || ends) await waitFor(client, name);
    await report(name, described, options);
  });
}

/** Null stands for a file without content: nothing is said then. */
async function readYaml(file: string): Promise<unknown> {
  const { CliError } = await import('../cli-error.js');
  const { describeError } = await import('#shared/errors/app-error');
  const { parse } = await import('yaml');
  try {
    return (parse(await readFile(file, 'utf8')) as unknown) ?? {};
  } catch (error) {
    throw new CliError('usage', `${file} cannot be read: ${describeError(error)}`, { cause: error });
  }
}

async function print(described: DescribedDatasource, { json }: CommonOptions): Promise<void> {
  const { plain, stdout } = await import('../output/terminal.js');
  const { stringify } = await import('yaml');
  if (json) return stdout.line(JSON.stringify(described));
  stdout.line(plain(stringify(described.descriptions)).trimEnd());
  await warn(described);
}

async function report(name: string, described: DescribedDatasource, { json }: CommonOptions): Promise<void> {
  const { stdout } = await import('../output/terminal.js');
  if (json) return stdout.line(JSON.stringify(described));
  const { tables = {}, terms = {} } = described.descriptions;
  const [tableCount, termCount] = [Object.keys(tables).length, Object.keys(terms).length];
  stdout.line(`${name} is described: tables ${tableCount}, terms ${termCount}.`);
  await warn(described);
}

async function warn({ warnings }: DescribedDatasource): Promise<void> {
  const { plain, stderr } = await import('../output/terminal.js');
  for (const warning of warnings) stderr.line(stderr.style('yellow', plain(warning)));
}
