import { Processor } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { QueryWork } from '#shared/persistence/query.work';
import { workerOptions } from '#shared/queue/job.processor';
import { StageProcessor, StageTools } from '#shared/queue/stage.processor';
import { GENERATOR_CONFIG, type GeneratorConfig } from './config.js';
import { GenerateService } from './generate.service.js';

@Processor('generate', workerOptions)
export class GenerateProcessor extends StageProcessor<'generate'> {
  constructor(
    private readonly service: GenerateService,
    tools: StageTools,
    @Inject(GENERATOR_CONFIG) config: GeneratorConfig,
  ) {
    super('generate', config.GENERATOR_CONCURRENCY, tools);
  }

  protected override run(work: QueryWork, signal: AbortSignal): Promise<void> {
    return this.service.generate(work, signal);
  }
}
