import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';

const root = new URL('../../../../../', import.meta.url);

export function addTestCommand(program: Command): void {
  program
    .command('test')
    .description('run all checks and tests of this repository; arguments go to tests/run.mjs')
    .argument('[arguments...]')
    .allowUnknownOption()
    .helpOption(false)
    .action((_arguments, _options, command: Command) => test(given(command)));
}

/** As they were given: what is parsed has lost the `--` before the arguments of jest. */
export function given({ parent }: Command): string[] {
  // @ts-expect-error rawArgs is not among commander's types
  const raw = parent?.rawArgs as string[];
  return raw.slice(raw.indexOf('test') + 1);
}

async function test(passed: string[]): Promise<void> {
  const runner = fileURLToPath(new URL('tests/run.mjs', root));
  const child = spawn(process.execPath, [runner, ...passed], { stdio: 'inherit', cwd: fileURLToPath(root) });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}
