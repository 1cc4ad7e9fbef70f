import { Injectable } from '@nestjs/common';
import { type AppError, permanent } from '../errors/app-error.js';
import { openStatuses, type Stage } from '../contracts/query.js';
import { QueryAborts } from '../persistence/query.aborts.js';
import { QueryReader } from '../persistence/query.reader.js';
import { QueryStore } from '../persistence/query.store.js';
import type { QueryWork } from '../persistence/query.work.js';
import { type Expected, inRetrieval } from '../persistence/transition.js';
import { Metrics } from '../telemetry/metrics.js';
import type { Payload } from './catalogue.js';
import { JobProcessor } from './job.processor.js';

/** What every stage needs to take a query out of the queue and to end it. */
@Injectable()
export class StageTools {
  constructor(
    readonly reader: QueryReader,
    readonly store: QueryStore,
    readonly aborts: QueryAborts,
    readonly metrics: Metrics,
  ) {}
}

export const stageProviders = [StageTools, QueryAborts];

/** The statuses in which a query is the stage's to work on. */
export const expectedIn: Record<Stage, Expected> = {
  retrieve: inRetrieval,
  generate: { status: ['generating'] },
  execute: { status: ['executing'] },
};

/** A processor of one stage of a query. Does nothing when the query has moved on: delivery is at least once. */
export abstract class StageProcessor<S extends Stage> extends JobProcessor<S> {
  protected constructor(
    private readonly stage: S,
    concurrency: number,
    protected readonly tools: StageTools,
  ) {
    super(stage, concurrency, tools.metrics);
  }

  /** Does the stage's work. The signal aborts at the query's deadline and when it is cancelled. */
  protected abstract run(work: QueryWork, signal: AbortSignal): Promise<void>;

  protected override async handle(payload: Payload<Stage>): Promise<void> {
    const { signal, expireIn, release } = this.tools.aborts.watch(payload.queryId);
    try {
      const work = await this.tools.reader.work(payload.queryId);
      if (!work || !expectedIn[this.stage].status.includes(work.status) || work.attempt !== payload.attempt)
        return;
      expireIn(work.remainingMs);
      await this.runUntil(signal, work);
    } finally {
      release();
    }
  }

  private async runUntil(signal: AbortSignal, work: QueryWork): Promise<void> {
    try {
      signal.throwIfAborted();
      await this.run(work, signal);
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
      await this.stop(work, signal.reason);
    }
  }

  protected override async end({ queryId, attempt }: Payload<Stage>, error: AppError): Promise<void> {
    const { code, message } = error;
    await this.tools.store.fail(
      queryId,
      { code, stage: this.stage, message },
      { ...expectedIn[this.stage], attempt },
    );
  }

  protected override async endUnreadable(id: string, { code, message }: AppError): Promise<void> {
    await this.tools.store.fail(id, { code, stage: this.stage, message }, { status: openStatuses });
  }

  private async stop(work: QueryWork, reason: unknown): Promise<void> {
    if (reason !== 'deadline') return;
    const error = permanent(
      'deadline_exceeded',
      `The query reached its deadline in the stage ${this.stage}.`,
    );
    await this.end({ queryId: work.id, attempt: work.attempt }, error);
  }
}
