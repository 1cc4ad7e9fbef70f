import { Processor } from '@nestjs/bullmq';
import type { AppError } from '#shared/errors/app-error';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import type { Payload } from '#shared/queue/catalogue';
import { JobProcessor, workerOptions } from '#shared/queue/job.processor';
import { JobQueue } from '#shared/queue/job-queue';
import { Metrics } from '#shared/telemetry/metrics';
import { IndexService } from './index.service.js';

@Processor('index', workerOptions)
export class IndexProcessor extends JobProcessor<'index'> {
  constructor(
    private readonly service: IndexService,
    private readonly datasources: DatasourceStore,
    private readonly queue: JobQueue,
    metrics: Metrics,
  ) {
    super('index', 2, metrics);
  }

  protected override handle({ datasourceId, scheduled }: Payload<'index'>): Promise<void> {
    return scheduled ? this.ask(datasourceId) : this.service.refresh(datasourceId);
  }

  /** Its time has come: by a job of its own, so that no two refreshes of one datasource run at once. */
  private async ask(datasourceId: string): Promise<void> {
    const datasource = await this.datasources.byId(datasourceId);
    if (!datasource?.refreshSeconds) {
      await this.queue.schedule('index', { datasourceId, scheduled: true }, null);
    } else if (datasource.status !== 'indexing') {
      await this.datasources.markIndexing(datasourceId);
      await this.queue.replace('index', { datasourceId });
    }
  }

  protected override end({ datasourceId }: Payload<'index'>, error: AppError): Promise<void> {
    return this.endUnreadable(datasourceId, error);
  }

  protected override async endUnreadable(datasourceId: string, { code, message }: AppError): Promise<void> {
    await this.datasources.storeFailure(datasourceId, { code, stage: 'retrieve', message });
  }
}
