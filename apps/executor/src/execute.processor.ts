import { Processor } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { QueryWork } from '#shared/persistence/query.work';
import { Postponed, workerOptions } from '#shared/queue/job.processor';
import { StageProcessor, StageTools } from '#shared/queue/stage.processor';
import { EXECUTOR_CONFIG, type ExecutorConfig } from './config.js';
import { ExecuteService, type Run } from './execute.service.js';
import { FairShares } from './fair-shares.js';

@Processor('execute', workerOptions)
export class ExecuteProcessor extends StageProcessor<'execute'> {
  private readonly shares: FairShares;

  constructor(
    private readonly service: ExecuteService,
    tools: StageTools,
    @Inject(EXECUTOR_CONFIG) config: ExecutorConfig,
  ) {
    super('execute', config.EXECUTOR_CONCURRENCY, tools);
    this.shares = new FairShares(config.EXECUTOR_CONCURRENCY);
  }

  protected override async run(work: QueryWork, signal: AbortSignal): Promise<void> {
    await this.service.store(work, await this.runInItsShare(work, signal));
  }

  private async runInItsShare(work: QueryWork, signal: AbortSignal): Promise<Run> {
    if (!(await this.shares.enter(work.datasourceId))) throw new Postponed(this.shares.delayMs());
    try {
      return await this.service.run(work, signal);
    } finally {
      this.shares.leave(work.datasourceId);
    }
  }
}
