import type { Command } from 'commander';
import type { CliConfig } from '../config.js';
import type { Check } from '../doctor/check.js';
import { httpAddress, urlOption } from './options.js';

const help = `
Without an address: this machine, the configuration and the service on it. With one: the deployment behind that gateway,
as the gateway reports it, and of LLM_BASE_URL, QUEUE_URL, QDRANT_URL and EMBEDDINGS_BASE_URL what is set here.

Examples:
  ./nano doctor
  NANO_API_KEY=$(cat key) ./nano doctor --url https://nano.internal
  ./nano doctor --json | jq '.checks[] | select(.status != "ok")'

Exit status: 0 when nothing fails; warnings are allowed.`;

interface Options {
  json?: true;
  url?: string;
}

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check this machine or a deployment, and say how to mend what is wrong')
    .option('--json', 'print JSON')
    .option(...urlOption, httpAddress)
    .addHelpText('after', help)
    .action(doctor);
}

async function doctor({ json, url }: Options): Promise<void> {
  const checks = await runChecks(url, json === true ? () => undefined : await printer());
  if (json) {
    const { stdout } = await import('../output/terminal.js');
    stdout.line(JSON.stringify({ ok: !checks.some(({ status }) => status === 'fail'), checks }));
  }
  if (checks.some(({ status }) => status === 'fail')) process.exitCode = 1;
}

type Step = () => Check | Check[] | Promise<Check | Check[]>;

async function runChecks(url: string | undefined, onCheck: (check: Check) => void): Promise<Check[]> {
  const { readConfig } = await import('../config.js');
  const { shownSafely } = await import('../doctor/check.js');
  const read = readConfig();
  const config = { ...read, gatewayUrl: url ?? read.gatewayUrl };
  const all: Check[] = [];
  for (const step of config.gatewayUrl === undefined
    ? await stepsHere(config)
    : await stepsThere(config, config.gatewayUrl)) {
    const checks = [await step()].flat().map(shownSafely);
    checks.forEach(onCheck);
    all.push(...checks);
  }
  return all;
}

async function stepsHere(config: CliConfig): Promise<Step[]> {
  const { checkDependencies, checkHome, checkNode, checkPostgres } = await import('../doctor/machine.js');
  const { checkModel, checkEmbeddings, checkSchemaIndex, checkQueue } = await serverChecks();
  const { checkService } = await import('../doctor/service.js');
  return [
    checkNode,
    checkDependencies,
    () => checkHome(config),
    () => checkPostgres(config),
    () => checkModel(config),
    () => checkEmbeddings(config),
    () => checkSchemaIndex(config),
    () => checkQueue(config),
    () => checkService(config),
  ];
}

/** What the environment names is looked at from here as well: a machine that operators use may reach it. */
async function stepsThere(config: CliConfig, url: string): Promise<Step[]> {
  const { checkDeployment } = await import('../doctor/deployment/deployment.js');
  const { checkModel, checkEmbeddings, checkSchemaIndex, checkQueue } = await serverChecks();
  const { environment } = config;
  const named: [boolean, (config: CliConfig) => Check[] | Check | Promise<Check | Check[]>][] = [
    [config.modelsFile !== undefined || config.llm !== null, checkModel],
    [environment['EMBEDDINGS_BASE_URL'] !== undefined, checkEmbeddings],
    [environment['QDRANT_URL'] !== undefined, checkSchemaIndex],
    [config.queueUrl !== undefined, checkQueue],
  ];
  const fromHere = named
    .filter(([isNamed]) => isNamed)
    .map(
      ([, check]) =>
        () =>
          check(config),
    );
  return [() => checkDeployment(url, config), ...fromHere];
}

async function serverChecks() {
  return {
    ...(await import('../doctor/model.js')),
    ...(await import('../doctor/embeddings.js')),
    ...(await import('../doctor/schema-index.js')),
    ...(await import('../doctor/queue.js')),
  };
}

async function printer(): Promise<(check: Check) => void> {
  const { stdout } = await import('../output/terminal.js');
  const colour = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
  return ({ name, status, detail, mend }) => {
    stdout.line(`${stdout.style(colour[status], status.padEnd(4))}  ${name.padEnd(20)} ${detail}`);
    if (mend) stdout.line(`      mend: ${mend}`);
  };
}
