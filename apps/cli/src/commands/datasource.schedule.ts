import { type Command, InvalidArgumentError } from 'commander';
import { addSubcommand, type CommonOptions, withClient } from './datasource.client.js';
import { wholeNumber } from './options.js';

const mostSeconds = 30 * 24 * 3_600;
/** Seconds between two refreshes. */
export const refreshPeriod = wholeNumber(60, mostSeconds);

export function addScheduleCommand(datasource: Command): void {
  addSubcommand(datasource, 'schedule', 'refresh it by itself, again and again, or no longer')
    .argument('<name>')
    .argument('<seconds>', 'between two refreshes, from 60; or off', secondsOrOff)
    .addHelpText(
      'after',
      '\nExamples:\n  ./nano datasource schedule crm 3600\n  ./nano datasource schedule crm off',
    )
    .action(schedule);
}

function secondsOrOff(text: string): number | null {
  if (text === 'off') return null;
  try {
    return refreshPeriod(text);
  } catch {
    throw new InvalidArgumentError(`Expected off, or a whole number from 60 to ${mostSeconds}.`);
  }
}

async function schedule(name: string, seconds: number | null, options: CommonOptions): Promise<void> {
  const { stdout } = await import('../output/terminal.js');
  await withClient(options, async (client) => {
    const datasource = await client.scheduleDatasource(name, seconds);
    if (options.json) return stdout.line(JSON.stringify(datasource));
    stdout.line(
      seconds === null ? `${name} is refreshed when asked.` : `${name} is refreshed every ${seconds} s.`,
    );
  });
}
