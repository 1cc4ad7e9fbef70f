import type { Command } from 'commander';
import type { Check } from '../doctor/check.js';

const help = `
Examples:
  ./nano doctor
  ./nano doctor --json | jq '.checks[] | select(.status != "ok")'

Exit status: 0 when nothing fails; warnings are allowed.`;

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check this machine, the configuration and the service, and say how to mend what is wrong')
    .option('--json', 'print JSON')
    .addHelpText('after', help)
    .action(doctor);
}

async function doctor({ json }: { json?: true }): Promise<void> {
  const checks = await runChecks(json === true ? () => undefined : await printer());
  if (json) {
    const { stdout } = await import('../output/terminal.js');
    stdout.line(JSON.stringify({ ok: !checks.some(({ status }) => status === 'fail'), checks }));
  }
  if (checks.some(({ status }) => status === 'fail')) process.exitCode = 1;
}

async function runChecks(onCheck: (check: Check) => void): Promise<Check[]> {
  const { readConfig } = await import('../config.js');
  const { checkDependencies, checkHome, checkNode, checkPostgres } = await import('../doctor/machine.js');
  const { checkEmbeddings } = await import('../doctor/embeddings.js');
  const { checkModel } = await import('../doctor/model.js');
  const { checkQueue } = await import('../doctor/queue.js');
  const { checkSchemaIndex } = await import('../doctor/schema-index.js');
  const { checkService } = await import('../doctor/service.js');
  const config = readConfig();
  const all: Check[] = [];
  const steps = [checkNode, checkDependencies, () => checkHome(config), () => checkPostgres(config)];
  for (const step of [
    ...steps,
    () => checkModel(config),
    () => checkEmbeddings(config),
    () => checkSchemaIndex(config),
    () => checkQueue(config),
    () => checkService(config),
  ]) {
    const checks = [await step()].flat();
    checks.forEach(onCheck);
    all.push(...checks);
  }
  return all;
}

async function printer(): Promise<(check: Check) => void> {
  const { plain, stdout } = await import('../output/terminal.js');
  const colour = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
  return ({ name, status, detail, mend }) => {
    stdout.line(`${stdout.style(colour[status], status.padEnd(4))}  ${name.padEnd(20)} ${plain(detail)}`);
    if (mend) stdout.line(`      mend: ${mend}`);
  };
}
