import { describe, expect, it } from '@jest/globals';
import { retryable } from '#shared/errors/app-error';
import { BatchSpool } from '#shared/results/batch-spool';
import { EncodedResult } from '#shared/results/encoded-result';
import { Metrics } from '#shared/telemetry/metrics';
import { MeasuredSandbox } from './measured.sandbox.js';
import { failed, rejected, timedOut } from './outcome.js';
import { type Outcome, Sandbox, type Target } from './sandbox.js';

const target = { connection: { dialect: 'sqlite' } } as Target;

/** What the metrics say after a statement that ends so, as `name{labels} value` lines of those that were touched. */
async function countedOf(run: (signal: AbortSignal) => Promise<Outcome>, aborted = false): Promise<string> {
  const metrics = new Metrics();
  class Scripted extends Sandbox {
    override run = (_target: Target, _sql: string, signal: AbortSignal) => run(signal);
    override check = () => Promise.reject(new Error('is not asked'));
    override close = async () => undefined;
  }
  const signal = aborted ? AbortSignal.abort('deadline') : new AbortController().signal;
  await new MeasuredSandbox(new Scripted(), metrics).run(target, 'SELECT 1', signal).catch(() => undefined);
  const text = await metrics.scrape();
  return text
    .split('\n')
    .filter((line) => /^nano_(sandbox|result)_\w+(total|count)(\{|\s)/.test(line) && !line.endsWith(' 0'))
    .join('\n');
}

describe('the measured sandbox', () => {
  it('tells rows and bytes', async () => {
    const batches = new BatchSpool();
    batches.add({ rows: 3, json: Buffer.from('[[1],[2],[3]]') });
    const result = new EncodedResult([], batches, null);
    expect(await countedOf(async () => ({ kind: 'rows', result, elapsedMs: 1 }))).toBe(
      [
        'nano_sandbox_statement_duration_seconds_count{dialect="sqlite",outcome="rows"} 1',
        'nano_result_rows_count 1',
        'nano_result_bytes_count 1',
      ].join('\n'),
    );
  });

  it.each<[string, () => Promise<Outcome>, string[]]>([
    [
      'a refusal by layer and class',
      async () => rejected('guard', { class: 'policy', message: '' }, 0),
      [
        'nano_sandbox_statement_duration_seconds_count{dialect="sqlite",outcome="rejected"} 1',
        'nano_sandbox_refusals_total{layer="guard",class="policy"} 1',
      ],
    ],
    [
      'a timeout as a kill',
      async () => timedOut(10, 0),
      [
        'nano_sandbox_statement_duration_seconds_count{dialect="sqlite",outcome="failed"} 1',
        'nano_sandbox_kills_total{dialect="sqlite",reason="timeout"} 1',
      ],
    ],
    [
      'a mistake as none',
      async () => failed({ class: 'syntax', message: '' }, 0),
      ['nano_sandbox_statement_duration_seconds_count{dialect="sqlite",outcome="failed"} 1'],
    ],
    [
      'what fails through no fault of the statement by its code',
      () => Promise.reject(retryable('database_unreachable', '')),
      ['nano_sandbox_statement_duration_seconds_count{dialect="sqlite",outcome="database_unreachable"} 1'],
    ],
  ])('counts %s', async (_, run, lines) => {
    expect(await countedOf(run)).toBe(lines.join('\n'));
  });

  it('counts what a deadline or a cancellation ends', async () => {
    expect(await countedOf((signal) => Promise.reject(signal.reason as Error), true)).toBe(
      [
        'nano_sandbox_statement_duration_seconds_count{dialect="sqlite",outcome="aborted"} 1',
        'nano_sandbox_kills_total{dialect="sqlite",reason="aborted"} 1',
      ].join('\n'),
    );
  });
});
