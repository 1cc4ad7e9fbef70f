import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arrival } from './arrival.js';
import { plotsOf } from './plots.js';
import type { Latencies, Summary } from './summary.js';

/** What the tool was told, as the report repeats it. */
export interface Settings {
  urls: readonly string[];
  perSecond: number;
  seconds: number;
  spacing: string;
  questions: number;
  mostOutstanding: number;
  patienceSeconds: number;
  seed: number;
  /** Stopped before its time. */
  isInterrupted: boolean;
  startedAt: string;
}

/** `report.md`, `report.json` and the plots that the first one shows. */
export function writeReport(
  folder: string,
  settings: Settings,
  summary: Summary,
  arrivals: readonly Arrival[],
): void {
  mkdirSync(folder, { recursive: true });
  const plots = plotsOf(arrivals, settings.seconds);
  for (const [name, svg] of Object.entries(plots)) writeFileSync(join(folder, name), svg);
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify({ settings, summary }, null, 2)}\n`);
  writeFileSync(join(folder, 'report.md'), reportOf(settings, summary, Object.keys(plots)));
}

function reportOf(settings: Settings, summary: Summary, plots: readonly string[]): string {
  const { perSecond, seconds, spacing, questions } = settings;
  return `# Load of ${settings.urls.join(', ')}

${perSecond} questions a second (${spacing}) for ${seconds.toFixed(1)} s${settings.isInterrupted ? ', interrupted' : ''}, out of ${questions}; at most ${settings.mostOutstanding} outstanding, ${settings.patienceSeconds} s of patience, seed ${settings.seed}. Started ${settings.startedAt}.

Latencies count from the moment when a question was to be asked, not from when it was sent.

\`\`\`
${renderSummary(summary)}
\`\`\`

${plots.map((name) => `![${name.replace('.svg', '')}](${name})`).join('\n\n')}
`;
}

/** For the terminal and the report alike. */
export function renderSummary(summary: Summary): string {
  const { outcomes, refusals } = summary;
  const lines = [
    `${summary.arrivals} arrivals, ${summary.offeredPerSecond.toFixed(1)} a second; ${outcomes.succeeded + outcomes.failed} answered, ${summary.answeredPerSecond.toFixed(1)} a second`,
    ...summary.codes.map(({ kind, code, count }) => `  ${`${kind} ${code}`.trim().padEnd(40)} ${count}`),
    latencyLine('latency of queries that ended', summary.latency),
    latencyLine('latency of refusals', summary.refusalLatency),
    latencyLine('sent later than intended (in the latency)', summary.sendDelay),
  ];
  if (outcomes.refused > 0)
    lines.push(
      `Retry-After: ${refusals.leastRetryAfter ?? '–'} to ${refusals.mostRetryAfter ?? '–'} s; without it: ${refusals.withoutRetryAfter}`,
    );
  if (summary.repeats > 0)
    lines.push(`${summary.repeats} requests repeated: their connection failed before the service began`);
  if (outcomes.unsent > 0)
    lines.push(
      `${outcomes.unsent} arrivals were NOT SENT: as many were outstanding as --max-outstanding allows`,
    );
  return lines.filter((line) => line !== '').join('\n');
}

function latencyLine(name: string, latencies: Latencies | null): string {
  if (latencies === null) return '';
  const { p50, p90, p95, p99, max } = latencies;
  const ms = (value: number) => value.toFixed(value < 100 ? 1 : 0);
  return `${name}, ms: p50 ${ms(p50)}, p90 ${ms(p90)}, p95 ${ms(p95)}, p99 ${ms(p99)}, max ${ms(max)}`;
}
