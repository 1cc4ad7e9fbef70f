import { Processor } from '@nestjs/bullmq';
import type { AppError } from '#shared/errors/app-error';
import type { Payload } from '#shared/queue/catalogue';
import { JobProcessor, workerOptions } from '#shared/queue/job.processor';
import { Metrics } from '#shared/telemetry/metrics';
import { ExplainService } from './explanation/explain.service.js';

/** Few at once: questions that wait for their answer go first. */
const concurrency = 2;

@Processor('explain', workerOptions)
export class ExplainProcessor extends JobProcessor<'explain'> {
  constructor(
    private readonly service: ExplainService,
    metrics: Metrics,
  ) {
    super('explain', concurrency, metrics);
  }

  protected override handle({ queryId }: Payload<'explain'>): Promise<void> {
    return this.service.explain(queryId);
  }

  protected override end({ queryId }: Payload<'explain'>, error: AppError): Promise<void> {
    return this.service.giveUp(queryId, error);
  }

  protected override endUnreadable(id: string, error: AppError): Promise<void> {
    return this.service.giveUp(id, error);
  }
}
