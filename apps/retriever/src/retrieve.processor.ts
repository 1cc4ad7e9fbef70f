import { Processor } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { QueryWork } from '#shared/persistence/query.work';
import { workerOptions } from '#shared/queue/job.processor';
import { StageProcessor, StageTools } from '#shared/queue/stage.processor';
import { RETRIEVER_CONFIG, type RetrieverConfig } from './config.js';
import { RetrieveService } from './retrieve.service.js';

@Processor('retrieve', workerOptions)
export class RetrieveProcessor extends StageProcessor<'retrieve'> {
  constructor(
    private readonly service: RetrieveService,
    tools: StageTools,
    @Inject(RETRIEVER_CONFIG) config: RetrieverConfig,
  ) {
    super('retrieve', config.RETRIEVER_CONCURRENCY, tools);
  }

  protected override async take(id: string): Promise<QueryWork | undefined> {
    return (await this.tools.store.startRetrieval(id)) ?? super.take(id);
  }

  protected override run(work: QueryWork): Promise<void> {
    return this.service.retrieve(work);
  }
}
