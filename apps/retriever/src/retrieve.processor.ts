import { Processor } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import { describeError } from '#shared/errors/app-error';
import type { QueryWork } from '#shared/persistence/query.work';
import { workerOptions } from '#shared/queue/job.processor';
import { StageProcessor, StageTools } from '#shared/queue/stage.processor';
import { RETRIEVER_CONFIG, type RetrieverConfig } from './config.js';
import { RetrieveService } from './retrieve.service.js';

const shortMs = 50;

@Processor('retrieve', workerOptions)
export class RetrieveProcessor extends StageProcessor<'retrieve'> {
  constructor(
    private readonly service: RetrieveService,
    tools: StageTools,
    @Inject(RETRIEVER_CONFIG) config: RetrieverConfig,
  ) {
    super('retrieve', config.RETRIEVER_CONCURRENCY, tools);
  }

  /** Who follows the query sees that a retrieval takes its time; a short one costs no step of its own. */
  protected override async run(work: QueryWork): Promise<void> {
    const start = () => {
      // What is not told now is told by the step at the end.
      this.tools.store
        .startRetrieval(work.id)
        .catch((error: unknown) =>
          this.logger.warn(`The start of the retrieval is not written: ${describeError(error)}`),
        );
    };
    const timer = setTimeout(start, shortMs);
    try {
      await this.service.retrieve(work);
    } finally {
      clearTimeout(timer);
    }
  }
}
