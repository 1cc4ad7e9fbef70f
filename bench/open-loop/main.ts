/** `npm run load`: puts load on a deployment through its HTTP API. `--help` tells the options. See docs/performance.md. */
import { CommanderError } from 'commander';
import { readConfig } from '../../apps/cli/src/config.js';
import { catchInterrupts } from '../../apps/cli/src/interrupts.js';
import { reportError } from '../../apps/cli/src/output/report-error.js';
import { stderr, stdout } from '../../apps/cli/src/output/terminal.js';
import { seededRandom } from '../../evaluation/src/statistics/random.js';
import { ask } from './ask.js';
import { drive } from './drive.js';
import { Exchange } from './exchange.js';
import { Gateways } from './gateways.js';
import { type LoadOptions, parseOptions } from './options.js';
import { checkDatasources, checkTarget } from './preflight.js';
import { Progress } from './progress.js';
import { bundledQuestions, readQuestions } from './questions.js';
import { renderSummary, type Settings, writeReport } from './report.js';
import { arrivalTimes } from './schedule.js';
import { summarise } from './summary.js';

async function run(options: LoadOptions, apiKey: string | undefined): Promise<number> {
  for (const url of options.url) checkTarget(url, options.allowRemote);
  const questions =
    options.questions === undefined
      ? bundledQuestions(options.datasource)
      : readQuestions(options.questions, options.datasource);
  for (const url of options.url) await checkDatasources(url, apiKey, questions);

  const { signal, exitCode } = catchInterrupts();
  const exchange = new Exchange(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` });
  const gateways = new Gateways(options.url, exchange);
  const random = seededRandom(options.seed);
  const asking = { exchange, gateways, patienceMs: options.patience * 1_000 };
  const phase = { perSecond: options.rate, seconds: options.duration };
  const startedAt = new Date().toISOString();
  const started = performance.now();
  let stoppedAt: number | undefined;
  signal.addEventListener('abort', () => (stoppedAt = performance.now()), { once: true });
  const progress = new Progress();
  const arrivals = await drive({
    times: arrivalTimes([phase], options.arrivals, random),
    ask: (stopped) => {
      const chosen = questions[Math.floor(random() * questions.length)] ?? { question: '' };
      return progress.watch(ask(chosen, asking, stopped));
    },
    mostOutstanding: options.maxOutstanding,
    signal,
    onUnsent: () =>
      stderr.line(
        `${options.maxOutstanding} questions are outstanding (--max-outstanding): further ones are not sent, and counted.`,
      ),
  });
  progress.end();
  gateways.close();
  exchange.close();

  const seconds = stoppedAt === undefined ? options.duration : (stoppedAt - started) / 1_000;
  const summary = summarise(arrivals, seconds);
  const settings: Settings = {
    // Without a name and password that may stand in it.
    urls: options.url.map((url) => new URL(url).origin),
    perSecond: options.rate,
    seconds,
    spacing: options.arrivals,
    questions: questions.length,
    mostOutstanding: options.maxOutstanding,
    patienceSeconds: options.patience,
    seed: options.seed,
    isInterrupted: signal.aborted,
    startedAt,
  };
  if (options.report !== undefined) writeReport(options.report, settings, summary, arrivals);
  stdout.line(options.json ? JSON.stringify({ settings, summary }, null, 2) : renderSummary(summary));
  return exitCode() ?? (summary.outcomes.succeeded === summary.arrivals ? 0 : 1);
}

try {
  const { gatewayUrl, apiKey } = readConfig();
  process.exitCode = await run(parseOptions(process.argv.slice(2), gatewayUrl), apiKey);
} catch (error) {
  // Commander has said what is wrong already.
  process.exitCode =
    error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : reportError(error, false);
}
process.exit();
