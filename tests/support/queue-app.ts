import { randomUUID } from 'node:crypto';
import { getQueueToken, Processor } from '@nestjs/bullmq';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Queue } from 'bullmq';
import type { AppError } from '#shared/errors/app-error';
import type { JobName, Payload } from '#shared/queue/catalogue';
import { JobProcessor, workerOptions } from '#shared/queue/job.processor';
import { JobQueue } from '#shared/queue/job-queue';
import { prepareQueue } from '#shared/queue/queue-backend';
import { QueueModule } from '#shared/queue/queue.module';
import { Metrics } from '#shared/telemetry/metrics';
import { Tracing } from '#shared/tracing/tracing';

type Retrieve = Payload<'retrieve'>;

/** Takes `retrieve` jobs, does with them what the test says, and notes what it was told. */
@Processor('retrieve', workerOptions)
export class RecordingProcessor extends JobProcessor<'retrieve'> {
  handled: { payload: Retrieve; at: number }[] = [];
  ended: { payload: Retrieve; error: AppError }[] = [];
  unreadable: { id: string; error: AppError }[] = [];
  onHandle: (payload: Retrieve) => Promise<void> = async () => undefined;
  onEnd: () => Promise<void> = async () => undefined;

  constructor(metrics: Metrics) {
    super('retrieve', 4, metrics);
  }

  protected override async handle(payload: Retrieve): Promise<void> {
    this.handled.push({ payload, at: performance.now() });
    await this.onHandle(payload);
  }

  protected override async end(payload: Retrieve, error: AppError): Promise<void> {
    this.ended.push({ payload, error });
    await this.onEnd();
  }

  protected override async endUnreadable(id: string, error: AppError): Promise<void> {
    this.unreadable.push({ id, error });
  }
}

@Global()
@Module({
  providers: [
    Metrics,
    { provide: Tracing, useFactory: () => Tracing.start('test', { OTEL_BSP_SCHEDULE_DELAY: 5_000 }) },
  ],
  exports: [Metrics, Tracing],
})
class MetricsModule {}

export interface QueueApp {
  queue: JobQueue;
  raw(name: JobName): Queue;
  processor: RecordingProcessor;
  metrics: Metrics;
  close(): Promise<void>;
}

/** The queue as the apps use it, with one worker, in this process. */
export async function startQueueApp(
  url: string,
  prefix = `t-${randomUUID().slice(0, 8)}`,
): Promise<QueueApp> {
  await prepareQueue(url);
  const app = await NestFactory.createApplicationContext(
    {
      module: class QueueTestModule {},
      imports: [
        MetricsModule,
        QueueModule.forRoot({ DATABASE_URL: url, QUEUE_URL: url, QUEUE_PREFIX: prefix }),
      ],
      providers: [RecordingProcessor],
    },
    { logger: false, abortOnError: false },
  );
  return {
    queue: app.get(JobQueue),
    raw: (name) => app.get<Queue>(getQueueToken(name)),
    processor: app.get(RecordingProcessor),
    metrics: app.get(Metrics),
    close: () => app.close(),
  };
}
