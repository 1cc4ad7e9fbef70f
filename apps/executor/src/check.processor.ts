import { Processor } from '@nestjs/bullmq';
import type { AppError } from '#shared/errors/app-error';
import { CheckStore } from '#shared/persistence/check.store';
import type { Payload } from '#shared/queue/catalogue';
import { JobProcessor, workerOptions } from '#shared/queue/job.processor';
import { Metrics } from '#shared/telemetry/metrics';
import { CheckService } from './checks/check.service.js';

/** Checks of all clients at once; the questions' work goes first. */
const concurrency = 2;

@Processor('check', workerOptions)
export class CheckProcessor extends JobProcessor<'check'> {
  constructor(
    private readonly service: CheckService,
    private readonly checks: CheckStore,
    metrics: Metrics,
  ) {
    super('check', concurrency, metrics);
  }

  protected override handle(payload: Payload<'check'>): Promise<void> {
    return this.service.work(payload);
  }

  protected override end({ checkId }: Payload<'check'>, error: AppError): Promise<void> {
    return this.endUnreadable(checkId, error);
  }

  protected override async endUnreadable(checkId: string, { code, message }: AppError): Promise<void> {
    await this.checks.fail(checkId, { code, stage: 'execute', message });
  }
}
