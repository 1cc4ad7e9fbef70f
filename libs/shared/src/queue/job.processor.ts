import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import { DelayedError, type Job, UnrecoverableError, type WorkerOptions } from 'bullmq';
import { z } from 'zod';
import { type AppError, describeError, permanent } from '../errors/app-error.js';
import {
  jobCatalogue,
  type JobName,
  lockDurationMs,
  maxCrashes,
  type Payload,
  stalledCheckMs,
} from './catalogue.js';
import type { Metrics } from '../telemetry/metrics.js';
import { inQueryOf } from '../tracing/query-trace.js';
import { firstWait } from './job-wait.js';
import { decideRetry } from './retry-decision.js';
import { within } from './within.js';

/** How long the queue may take to let a worker go that has nothing left to do. */
const closedWithinMs = 3_000;

/** Carries the decided delay from the processor to BullMQ's backoff. */
class RetryLater extends Error {
  override readonly name = 'RetryLater';

  constructor(
    error: AppError,
    readonly delayMs: number,
  ) {
    super(`${error.code}: ${error.message}`, { cause: error });
  }
}

/** Thrown by a handler that has done nothing yet and must wait for others: the job comes again, and no try is counted. */
export class Postponed extends Error {
  constructor(readonly delayMs: number) {
    super(`The job comes again in ${delayMs} ms.`);
  }
}

/** Worker settings that all processors share; each sets its concurrency when its configuration is known. */
export const workerOptions: Omit<WorkerOptions, 'connection'> = {
  lockDuration: lockDurationMs,
  stalledInterval: stalledCheckMs,
  maxStalledCount: maxCrashes,
  runRetryDelay: 1_000,
  drainDelay: 5,
  settings: {
    backoffStrategy: (_tries, _type, error) => (error instanceof RetryLater ? error.delayMs : lockDurationMs),
  },
};

/**
 * Takes jobs of one name from the queue: parses the payload, hands it to `handle`, and turns what is thrown
 * into a retry or an end. The only place where BullMQ's UnrecoverableError is made.
 */
export abstract class JobProcessor<N extends JobName> extends WorkerHost {
  protected readonly logger = new Logger(this.constructor.name);
  private readonly running = new Set<Promise<void>>();

  protected constructor(
    private readonly job: N,
    private readonly concurrency: number,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  protected abstract handle(payload: Payload<N>): Promise<void>;

  /** The job will not be tried again: its query or datasource has to know. Must be safe to run twice. */
  protected abstract end(payload: Payload<N>, error: AppError): Promise<void>;

  /** A payload that does not parse; `id` is what could be read of the query's or datasource's id. */
  protected abstract endUnreadable(id: string, error: AppError): Promise<void>;

  onApplicationBootstrap(): void {
    this.worker.concurrency = this.concurrency;
  }

  /** Active jobs finish before anything they use is closed. A queue that does not answer keeps no app from stopping. */
  async beforeApplicationShutdown(): Promise<void> {
    const closing = this.worker.close();
    await Promise.allSettled(this.running);
    try {
      await within(closedWithinMs, closing);
    } catch (error) {
      this.logger.warn(
        `The queue is left without a goodbye, its jobs stall and come again: ${describeError(error)}`,
      );
      await this.worker.disconnect();
    }
  }

  override process(job: Job, token?: string): Promise<void> {
    const work = this.work(job, token).finally(() => this.running.delete(work));
    this.running.add(work);
    return work;
  }

  private async work(job: Job, token: string | undefined): Promise<void> {
    const queue = this.job;
    const waited = firstWait(job);
    if (waited !== undefined) this.metrics.queues.wait.observe({ queue }, waited);
    const stop = this.metrics.queues.work.startTimer({ queue });
    const parsed = this.parse(job);
    if ('invalid' in parsed) {
      stop({ outcome: 'ended' });
      return this.setAside(job, parsed.invalid, async () => {
        const id = idOf(job);
        if (id !== undefined) await this.endUnreadable(id, parsed.invalid);
      });
    }
    try {
      await inQueryOf(parsed.payload, () => this.handle(parsed.payload));
      stop({ outcome: 'done' });
    } catch (thrown) {
      if (thrown instanceof Postponed) {
        stop({ outcome: 'postponed' });
        await job.moveToDelayed(Date.now() + thrown.delayMs, token);
        throw new DelayedError();
      }
      const decision = decideRetry(this.job, thrown, job.attemptsMade + 1);
      stop({ outcome: decision.kind === 'retry' ? 'retried' : 'ended' });
      if (decision.kind === 'retry') throw new RetryLater(decision.error, decision.delayMs);
      await this.setAside(job, decision.error, () =>
        inQueryOf(parsed.payload, () => this.end(parsed.payload, decision.error)),
      );
    }
  }

  private parse(job: Job): { payload: Payload<N> } | { invalid: AppError } {
    const parsed = jobCatalogue[this.job].payload.safeParse(job.data);
    if (parsed.success) return { payload: parsed.data as Payload<N> };
    const message = `The payload of ${job.id ?? 'a job'} is not valid: ${z.prettifyError(parsed.error)}`;
    return { invalid: permanent('payload_invalid', message) };
  }

  /** Moves the job to the failed set. Not before its query or datasource was told: until then it comes again. */
  private async setAside(job: Job, error: AppError, tell: () => Promise<void>): Promise<never> {
    try {
      await tell();
    } catch (thrown) {
      const decision = decideRetry(this.job, thrown, job.attemptsMade + 1);
      if (decision.kind === 'retry') throw new RetryLater(decision.error, decision.delayMs);
    }
    this.metrics.queues.deadLetters.inc({ queue: this.job, code: error.code });
    throw new UnrecoverableError(`${error.code}: ${error.message}`);
  }

  @OnWorkerEvent('failed')
  protected onFailed(job: Job | undefined, error: Error): void {
    const { queryId } = idsSchema.safeParse(job?.data).data ?? {};
    inQueryOf({ queryId }, () => this.logger.warn(`${job?.id ?? 'A job'} failed: ${error.message}`));
  }

  @OnWorkerEvent('error')
  protected onError(error: Error): void {
    this.logger.warn(`The queue does not answer: ${describeError(error)}`);
  }
}

const idsSchema = z.object({
  queryId: z.uuid().optional().catch(undefined),
  datasourceId: z.uuid().optional().catch(undefined),
});

/** What can be read of the id of the job's query or datasource: from its payload, or from the job's id, which starts with it. */
function idOf(job: Job): string | undefined {
  const { queryId, datasourceId } = idsSchema.safeParse(job.data).data ?? {};
  return queryId ?? datasourceId ?? z.uuid().safeParse(job.id?.slice(0, 36)).data;
}
