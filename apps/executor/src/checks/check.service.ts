import { Injectable } from '@nestjs/common';
import type { Verdict } from '#shared/contracts/check';
import { CheckStore, type CheckWork } from '#shared/persistence/check.store';
import type { Payload } from '#shared/queue/catalogue';
import { JobQueue } from '#shared/queue/job-queue';
import { releaseResult } from '#shared/results/encoded-result';
import { Metrics } from '#shared/telemetry/metrics';
import { Sandbox, type Target } from '../sandbox/sandbox.js';
import { Targets } from '../targets.js';
import { verdictOf } from './verdict.js';

/** A part ends after so many statements or so long, whichever comes first: other work, and a shutdown, get their turn. */
const statementsAPart = 100;
const partMs = 3_000;
/** Statements of one check at once: fewer than a datasource may run, so that queries pass. */
const parallel = 2;
const mostTries = 3;
/** Time beyond the statement's own limit to wait for the datasource's other statements. */
const patienceMs = 60_000;

/** Sends the statements of a check through the sandbox, part by part. */
@Injectable()
export class CheckService {
  constructor(
    private readonly checks: CheckStore,
    private readonly targets: Targets,
    private readonly sandbox: Sandbox,
    private readonly queue: JobQueue,
    private readonly metrics: Metrics,
  ) {}

  async work(payload: Payload<'check'>): Promise<void> {
    const { checkId, part } = payload;
    const work = await this.checks.work(checkId, part);
    if (!work) return;
    await this.runPart(payload, work, await this.targets.of(work));
    const next = await this.checks.advance(checkId, part);
    if (next !== null) await this.queue.enqueue('check', { checkId, part: next });
  }

  private async runPart({ checkId, part }: Payload<'check'>, work: CheckWork, target: Target): Promise<void> {
    const end = performance.now() + partMs;
    const numbers = await this.checks.pending(checkId, statementsAPart);
    const lane = async (): Promise<void> => {
      while (performance.now() < end) {
        const number = numbers.shift();
        if (number === undefined) return;
        const begun = await this.checks.begin(checkId, part, number);
        if (!begun) return;
        const verdict = begun.tries > mostTries ? givenUp : await this.check(target, begun.sql, work.dryRun);
        await this.checks.storeVerdict(checkId, number, verdict);
        this.metrics.sandbox.checked.inc({ outcome: verdict.outcome, layer: verdict.layer ?? '' });
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: parallel }, lane));
    for (const result of lanes) if (result.status === 'rejected') throw result.reason;
  }

  private async check(target: Target, sql: string, dryRun: boolean): Promise<Verdict> {
    const signal = AbortSignal.timeout(target.policy.timeoutMs + patienceMs);
    if (dryRun) return verdictOf(await this.sandbox.check(target, sql, signal));
    const outcome = await this.sandbox.run(target, sql, signal);
    // Only whether there are rows, and what cut them, is of interest.
    if (outcome.kind === 'rows') releaseResult(outcome.result);
    return verdictOf(outcome);
  }
}

const givenUp: Verdict = {
  outcome: 'error',
  layer: null,
  class: 'other',
  message: `The database or the worker failed on it ${mostTries} times.`,
  elapsedMs: 0,
};
