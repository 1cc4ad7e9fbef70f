import type { Metrics } from '../../../../evaluation/src/scoring/metrics.js';
import type { PipelineMetrics } from '../../../../evaluation/src/scoring/pipeline-metrics.js';
import { stdout } from '../output/terminal.js';

interface Shown {
  json: boolean;
  out: string;
  elapsedMs: number;
}

/** The measures of a scored file. */
export function printScores(metrics: Metrics, { json, out, elapsedMs }: Shown): void {
  if (json) return stdout.line(JSON.stringify(metrics));
  printRows([...scoreRows(metrics), ['time', seconds(elapsedMs)]]);
  stdout.line(`Written to ${out}: metrics.json, detailed_results.jsonl, dashboard.html`);
}

/** The measures of a run through the service. */
export function printRun(metrics: PipelineMetrics, shown: Shown): void {
  if (shown.json) return stdout.line(JSON.stringify(metrics));
  const { firstAttempt, corrections, voting, staticRepair, context, latency, tokens, run } = metrics;
  printRows([
    ...scoreRows(metrics),
    ['first attempt', percent(firstAttempt.ex)],
    ...corrections.map(({ number, reached, answered, gain }): Row => [
      `correction ${number}`,
      `+${percent(gain)} (${reached} came to it, ${answered} of them ended with rows)`,
    ]),
    [
      'static repair',
      `${signed(staticRepair.gain ?? 0)} (${staticRepair.repaired ?? 0} mended, ${staticRepair.right ?? 0} right)`,
    ],
    ['voting', voting.gain === null ? `– (${voting.reason})` : signed(voting.gain)],
    ['examples', examplesText(metrics.verifiedExamples)],
    ['table recall', context.tableRecall === null ? '–' : percent(context.tableRecall)],
    ['latency', latency ? `p50 ${ms(latency.p50)}, p95 ${ms(latency.p95)}, p99 ${ms(latency.p99)}` : '–'],
    ['tokens', `${rounded(tokens.prompt)} prompt, ${rounded(tokens.completion)} completion a question`],
    [
      'run',
      `${run.askedNow} questions in ${seconds(run.elapsedMs)}, ${rounded(run.questionsPerSecond)}/s, ${run.concurrency} at a time; SQL ${seconds(run.sqlMs)}`,
    ],
  ]);
  stdout.line(`Written to ${shown.out}: metrics.json, detailed_results.jsonl, dashboard.html`);
}

function examplesText({ gain, reason, exact, near, rest }: PipelineMetrics['verifiedExamples']): string {
  const of = ({ questions, ex }: typeof exact) => `${questions} (${percent(ex)} right)`;
  const size = gain === null ? `– (${reason})` : signed(gain);
  return exact.questions + near.questions === 0
    ? size
    : `${size}; the same question ${of(exact)}, other literals ${of(near)}, the model ${of(rest)}`;
}

type Row = [string, string];

function scoreRows(metrics: Metrics): Row[] {
  const { questions, ex, exInterval, exactMatch, validSql, executes, byHardness } = metrics;
  const correct = Math.round(ex * questions);
  return [
    ['questions', String(questions)],
    ['EX', `${percent(ex)} (${correct}; 95 %: ${percent(exInterval.low)} to ${percent(exInterval.high)})`],
    ...Object.entries(byHardness).map(([level, slice]): Row => [
      `  ${level}`,
      `${percent(slice.ex)} of ${slice.questions}`,
    ]),
    ['exact match', exactMatch === null ? '–' : percent(exactMatch)],
    ['valid SQL', percent(validSql)],
    ['executes', percent(executes)],
    ...(metrics.comparison ? [['against', comparisonText(metrics.comparison)] as Row] : []),
  ];
}

function comparisonText({
  with: other,
  difference,
  interval,
  pValue,
  significant,
}: NonNullable<Metrics['comparison']>): string {
  const size = `${signed(difference)} (95 %: ${signed(interval.low)} to ${signed(interval.high)})`;
  return `${other}: ${size}, ${significant ? 'real' : 'may be chance'} (p = ${pValue.toPrecision(2)})`;
}

function printRows(rows: Row[]): void {
  for (const [name, value] of rows) stdout.line(`${name.padEnd(15)} ${value}`);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function signed(share: number): string {
  return `${share < 0 ? '' : '+'}${percent(share)}`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

function rounded(value: number | null): string {
  return value === null ? '–' : value.toFixed(1);
}
