import { type DynamicModule, Module } from '@nestjs/common';
import { configModule } from '#shared/config/config.module';
import { PersistenceModule } from '#shared/persistence/persistence.module';
import { QueueModule } from '#shared/queue/queue.module';
import { stageProviders } from '#shared/queue/stage.processor';
import { TelemetryModule } from '#shared/telemetry/telemetry.module';
import type { GeneratorConfig } from './config.js';
import { GenerateProcessor } from './generate.processor.js';
import { GenerateService } from './generate.service.js';
import { Model } from './model/model.js';
import { OpenAiModel } from './model/openai.model.js';

@Module({})
export class GeneratorModule {
  static forRoot(config: GeneratorConfig): DynamicModule {
    return {
      module: GeneratorModule,
      imports: [
        configModule('generator', config),
        TelemetryModule.forRoot('generator', config),
        PersistenceModule.forRoot(config),
        QueueModule.forRoot(config),
      ],
      providers: [
        ...stageProviders,
        { provide: Model, useClass: OpenAiModel },
        GenerateService,
        GenerateProcessor,
      ],
    };
  }
}
