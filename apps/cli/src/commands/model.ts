import type { Command } from 'commander';
import type { CatalogueEndpoint, ModelCatalogue } from '#shared/models/catalogue';
import type { ServerClient } from '#shared/models/server-client';

interface ChangeOptions {
  endpoint?: string;
}

const help = `
Talks to the endpoints of MODELS_FILE, else of LLM_BASE_URL, else to a model server found on this machine. Loading and
unloading need vLLM with --enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True.

Examples:
  ./nano model list
  MODELS_FILE=models.yaml ./nano model load sql-sqlite
  MODELS_FILE=models.yaml ./nano model unload sql-sqlite --endpoint gpu-a`;

export function addModelCommand(program: Command): void {
  const group = program
    .command('model')
    .description('see the models and adapters of the model servers, load and unload adapters')
    .addHelpText('after', help);
  group
    .command('list')
    .description('list what each endpoint serves and what the catalogue wants of it')
    .option('--json', 'print JSON')
    .action(list);
  group
    .command('load')
    .description('load an adapter of the catalogue from its path')
    .argument('<adapter>', 'its name in the catalogue')
    .option('--endpoint <name>', 'this endpoint only')
    .action(load);
  group
    .command('unload')
    .description('unload an adapter')
    .argument('<adapter>', 'its name at the server')
    .option('--endpoint <name>', 'this endpoint only')
    .action(unload);
}

async function list({ json }: { json?: true }): Promise<void> {
  const { surveyEndpoints } = await import('../model/survey.js');
  const { plain, stdout } = await import('../output/terminal.js');
  const surveys = await surveyEndpoints(await catalogue());
  if (surveys.some(({ error }) => error !== undefined)) process.exitCode = 1;
  if (json) return stdout.line(JSON.stringify({ endpoints: surveys }));
  for (const { endpoint, url, error, kind, grammar, models } of surveys) {
    const state =
      error === undefined
        ? `${kind}${grammar ? ', takes grammars' : ''}`
        : `does not answer: ${plain(error)}`;
    stdout.line(`${stdout.style('bold', endpoint)}  ${url}  ${state}`);
    for (const model of models) {
      const of = model.base === null ? '' : ` on ${plain(model.base)}`;
      stdout.line(
        `  ${plain(model.name)}${of}: ${model.state}${model.inCatalogue ? '' : ', not in the catalogue'}`,
      );
    }
  }
}

async function load(name: string, options: ChangeOptions): Promise<void> {
  const { endpointsOf } = await import('#shared/models/catalogue');
  const models = await catalogue();
  const model = models.models.find(({ adapters }) => adapters.some((adapter) => adapter.name === name));
  const path = model?.adapters.find((adapter) => adapter.name === name)?.path;
  if (!model || path === undefined) return fail('usage', `the catalogue has no adapter ${name} with a path`);
  await change(endpointsOf(models, model), options, `loaded ${name}`, (client) =>
    client.loadAdapter(name, path),
  );
}

async function unload(name: string, options: ChangeOptions): Promise<void> {
  const { endpoints } = await catalogue();
  await change(endpoints, options, `unloaded ${name}`, (client) => client.unloadAdapter(name));
}

/** At each endpoint; one that refuses keeps no other from it. */
async function change(
  endpoints: readonly CatalogueEndpoint[],
  { endpoint: only }: ChangeOptions,
  done: string,
  work: (client: ServerClient) => Promise<void>,
): Promise<void> {
  const { describeError } = await import('#shared/errors/app-error');
  const { clientOf } = await import('#shared/models/survey');
  const { stdout, plain } = await import('../output/terminal.js');
  const chosen = endpoints.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0)
    return fail('usage', `there is no such endpoint${only === undefined ? '' : `: ${only}`}`);
  const refused: string[] = [];
  for (const endpoint of chosen) {
    try {
      await work(clientOf(endpoint));
      stdout.line(`${endpoint.name}: ${done}`);
    } catch (error) {
      refused.push(`${endpoint.name}: ${plain(describeError(error))}`);
    }
  }
  if (refused.length > 0) await fail('model_refused', refused.join('; '));
}

async function catalogue(): Promise<ModelCatalogue> {
  const { readConfig } = await import('../config.js');
  const { openCatalogue } = await import('../model/open-catalogue.js');
  return (
    (await openCatalogue(readConfig())) ??
    fail('model_not_found', 'no model server is configured or found on this machine')
  );
}

async function fail(code: 'usage' | 'model_refused' | 'model_not_found', message: string): Promise<never> {
  const { CliError } = await import('../cli-error.js');
  throw new CliError(code, message);
}
