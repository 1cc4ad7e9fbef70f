import { Processor } from '@nestjs/bullmq';
import type { AppError } from '#shared/errors/app-error';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import type { Payload } from '#shared/queue/catalogue';
import { JobProcessor, workerOptions } from '#shared/queue/job.processor';
import { Metrics } from '#shared/telemetry/metrics';
import { IndexService } from './index.service.js';

@Processor('index', workerOptions)
export class IndexProcessor extends JobProcessor<'index'> {
  constructor(
    private readonly service: IndexService,
    private readonly datasources: DatasourceStore,
    metrics: Metrics,
  ) {
    super('index', 2, metrics);
  }

  protected override handle({ datasourceId }: Payload<'index'>): Promise<void> {
    return this.service.refresh(datasourceId);
  }

  protected override end({ datasourceId }: Payload<'index'>, error: AppError): Promise<void> {
    return this.endUnreadable(datasourceId, error);
  }

  protected override async endUnreadable(datasourceId: string, { code, message }: AppError): Promise<void> {
    await this.datasources.storeFailure(datasourceId, { code, stage: 'retrieve', message });
  }
}
