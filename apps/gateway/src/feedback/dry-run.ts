import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { refusalOf } from '#shared/contracts/caller';
import type { CheckView } from '#shared/contracts/check';
import { permanent, retryable } from '#shared/errors/app-error';
import { CheckStore } from '#shared/persistence/check.store';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import { JobQueue } from '#shared/queue/job-queue';

const lookPeriodMs = 100;
const longestMs = 20_000;
const retryAfterMs = 5_000;

/** Sends one statement through the executor's guard and has its database prepare it, without running it. */
@Injectable()
export class DryRun {
  constructor(
    private readonly checks: CheckStore,
    private readonly datasources: DatasourceStore,
    private readonly queue: JobQueue,
  ) {}

  /** @throws AppError `sql_refused`, `unknown_datasource`, `caller_refused`, or `unavailable` where no executor answers in time */
  async expectAllowed(datasource: string, sql: string, caller: string | null): Promise<void> {
    const refusal = refusalOf((await this.datasources.byName(datasource))?.policy.asCaller, caller);
    if (refusal !== null) throw permanent('caller_refused', refusal);
    const id = uuidv7();
    if (!(await this.checks.add(id, { datasource, statements: [sql], dryRun: true }, caller)))
      throw permanent('unknown_datasource', `There is no datasource named ${datasource}.`);
    await this.queue.enqueue('check', { checkId: id, part: 0 });
    const { error, results } = await this.ended(id);
    const [verdict] = results;
    if (error)
      throw retryable('unavailable', `The SQL could not be tried: ${error.message}`, { retryAfterMs });
    if (verdict?.outcome !== 'allowed')
      throw permanent('sql_refused', verdict?.message ?? 'The SQL was not tried.');
  }

  private async ended(id: string): Promise<CheckView> {
    for (const end = Date.now() + longestMs; Date.now() < end; await sleep(lookPeriodMs)) {
      const check = await this.checks.view(id, 0);
      if (check && check.status !== 'open') return check;
    }
    await this.checks.cancel(id);
    throw retryable('unavailable', 'No executor tried the SQL in time.', { retryAfterMs });
  }
}
