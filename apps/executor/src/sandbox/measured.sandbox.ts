import { isAppError } from '#shared/errors/app-error';
import { EncodedResult, rowCountOf } from '#shared/results/encoded-result';
import type { Metrics } from '#shared/telemetry/metrics';
import { inSpan } from '#shared/tracing/in-span';
import { type Checked, type Outcome, Sandbox, type Target } from './sandbox.js';

/** A sandbox that counts what becomes of the statements that are run in it. */
export class MeasuredSandbox extends Sandbox {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  override run(target: Target, sql: string, signal: AbortSignal): Promise<Outcome> {
    const { dialect } = target.connection;
    return inSpan('executor', 'statement', { 'db.system.name': dialect }, async (span) => {
      const outcome = await this.measure(target, sql, signal);
      span.setAttribute('nano.outcome', outcome.kind);
      return outcome;
    });
  }

  private async measure(target: Target, sql: string, signal: AbortSignal): Promise<Outcome> {
    const { dialect } = target.connection;
    const { statements, kills } = this.metrics.sandbox;
    const stop = statements.startTimer({ dialect });
    try {
      const outcome = await this.sandbox.run(target, sql, signal);
      stop({ outcome: outcome.kind });
      this.count(dialect, outcome);
      return outcome;
    } catch (error) {
      if (signal.aborted) kills.inc({ dialect, reason: 'aborted' });
      stop({ outcome: isAppError(error) ? error.code : signal.aborted ? 'aborted' : 'internal_error' });
      throw error;
    }
  }

  override check(target: Target, sql: string, signal: AbortSignal): Promise<Checked> {
    return this.sandbox.check(target, sql, signal);
  }

  override close(): Promise<void> {
    return this.sandbox.close();
  }

  private count(dialect: string, outcome: Outcome): void {
    const { refusals, kills, rows, bytes } = this.metrics.sandbox;
    switch (outcome.kind) {
      case 'rows':
        rows.observe(rowCountOf(outcome.result));
        if (outcome.result instanceof EncodedResult) bytes.observe(outcome.result.batches.bytes);
        return;
      case 'rejected':
        refusals.inc({ layer: outcome.layer, class: outcome.traceback.class });
        return;
      case 'failed':
        if (outcome.stopped) kills.inc({ dialect, reason: outcome.stopped });
    }
  }
}
