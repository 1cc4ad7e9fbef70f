import { Processor } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { QueryWork } from '#shared/persistence/query.work';
import { workerOptions } from '#shared/queue/job.processor';
import { StageProcessor, StageTools } from '#shared/queue/stage.processor';
import { EXECUTOR_CONFIG, type ExecutorConfig } from './config.js';
import { ExecuteService } from './execute.service.js';

@Processor('execute', workerOptions)
export class ExecuteProcessor extends StageProcessor<'execute'> {
  constructor(
    private readonly service: ExecuteService,
    tools: StageTools,
    @Inject(EXECUTOR_CONFIG) config: ExecutorConfig,
  ) {
    super('execute', config.EXECUTOR_CONCURRENCY, tools);
  }

  protected override run(work: QueryWork, signal: AbortSignal): Promise<void> {
    return this.service.execute(work, signal);
  }
}
