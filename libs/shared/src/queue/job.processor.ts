import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import { type Job, UnrecoverableError, type WorkerOptions } from 'bullmq';
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
import { decideRetry } from './retry-decision.js';

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

  /** Active jobs finish before anything they use is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.worker.close();
  }

  override async process(job: Job): Promise<void> {
    const stop = this.metrics.jobs.startTimer({ job: this.job });
    const payload = await this.parse(job);
    try {
      await this.handle(payload);
      stop({ outcome: 'done' });
    } catch (thrown) {
      const decision = decideRetry(this.job, thrown, job.attemptsMade + 1);
      stop({ outcome: decision.kind === 'retry' ? 'retried' : 'ended' });
      if (decision.kind === 'retry') throw new RetryLater(decision.error, decision.delayMs);
      await this.end(payload, decision.error);
      throw new UnrecoverableError(`${decision.error.code}: ${decision.error.message}`);
    }
  }

  private async parse(job: Job): Promise<Payload<N>> {
    const parsed = jobCatalogue[this.job].payload.safeParse(job.data);
    if (parsed.success) return parsed.data as Payload<N>;
    const error = permanent(
      'payload_invalid',
      `The payload of ${job.id ?? 'a job'} is not valid: ${z.prettifyError(parsed.error)}`,
    );
    const id = idOf(job);
    if (id !== undefined) await this.endUnreadable(id, error);
    throw new UnrecoverableError(`${error.code}: ${error.message}`);
  }

  @OnWorkerEvent('failed')
  protected onFailed(job: Job | undefined, error: Error): void {
    this.logger.warn(`${job?.id ?? 'A job'} failed: ${error.message}`);
  }

  @OnWorkerEvent('error')
  protected onError(error: Error): void {
    this.logger.warn(`The queue does not answer: ${describeError(error)}`);
  }
}

/** Job ids start with the id of their query or datasource. */
function idOf(job: Job): string | undefined {
  const id = z.uuid().safeParse(job.id?.slice(0, 36));
  return id.success ? id.data : undefined;
}
