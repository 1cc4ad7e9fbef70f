import { Command, InvalidArgumentError, Option } from 'commander';
import { type Spacing, spacings } from './schedule.js';

export interface LoadOptions {
  url: string[];
  rate: number;
  duration: number;
  arrivals: Spacing;
  questions?: string;
  datasource?: string;
  report?: string;
  maxOutstanding: number;
  patience: number;
  seed: number;
  allowRemote: boolean;
  json: boolean;
}

const help = `
An open loop: questions arrive at the given rate whatever becomes of those before them, and latencies count from the moment
when a question was to be asked. A slow service meets the same load as a fast one, and the wait of those behind it is seen.

With --arrivals poisson the gaps are random, as independent people make them; with constant they are all alike.
A question that arrives while --max-outstanding are outstanding is not sent. It is counted as unsent.
With several --url it acts as a load balancer: in turns among the gateways whose /readyz answers 200.
The key of the gateway is NANO_API_KEY, as for ./nano.
Ctrl-C ends the arrivals, waits 5 seconds for answers, and reports. Exit 0: every question was answered, 1: not.

Examples:
  npm run load -- --url http://127.0.0.1:8080 --rate 5 --duration 60
  npm run load -- --url https://nano.internal --allow-remote --rate 20 --duration 600 \\
    --questions questions.jsonl --datasource sales --report load-report`;

/** @throws CommanderError */
export function parseOptions(args: readonly string[], defaultUrl: string | undefined): LoadOptions {
  const command = new Command('npm run load --')
    .description('Asks a running gateway questions at a given rate, and tells how long the answers take')
    .option('--url <url>', 'gateway; may be given again (default: NANO_URL)', together, [])
    .requiredOption('--rate <number>', 'questions a second', positive)
    .requiredOption('--duration <seconds>', 'how long', positive)
    .addOption(new Option('--arrivals <kind>', 'gaps between questions').choices(spacings).default('poisson'))
    .option(
      '--questions <file>',
      'questions: .txt, .jsonl, .json, .yaml (default: those of the bundled samples)',
    )
    .option(
      '--datasource <name>',
      'datasource of questions that name none; of the bundled samples the one to ask',
    )
    .option('--report <folder>', 'writes report.md, report.json and plots there')
    .option('--max-outstanding <number>', 'questions at a time', whole, 2_000)
    .option('--patience <seconds>', 'time for one answer', positive, 150)
    .option('--seed <number>', 'of the gaps and the order of questions', whole, 1)
    .option('--allow-remote', 'the gateway may be on another machine', false)
    .option('--json', 'prints the figures as JSON', false)
    .addHelpText('after', help)
    .exitOverride();
  command.parse(args, { from: 'user' });
  const options = command.opts<LoadOptions>();
  if (options.url.length === 0 && defaultUrl !== undefined) options.url = [defaultUrl];
  if (options.url.length === 0) command.error('error: --url or NANO_URL names the gateway', { exitCode: 2 });
  return options;
}

function together(value: string, before: string[]): string[] {
  return [...before, value];
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It is a number above 0.');
  return value;
}

function whole(text: string): number {
  const value = positive(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('It is a whole number above 0.');
  return value;
}
