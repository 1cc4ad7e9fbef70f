import { type DynamicModule, Module } from '@nestjs/common';
import { configModule } from '#shared/config/config.module';
import { PersistenceModule } from '#shared/persistence/persistence.module';
import { QueueModule } from '#shared/queue/queue.module';
import { stageProviders } from '#shared/queue/stage.processor';
import { TelemetryModule } from '#shared/telemetry/telemetry.module';
import type { RetrieverConfig } from './config.js';
import { IndexProcessor } from './index.processor.js';
import { IndexService } from './index.service.js';
import { FtsSchemaIndex } from './indexing/fts.schema-index.js';
import { SchemaIndex } from './indexing/schema-index.js';
import { RetrieveProcessor } from './retrieve.processor.js';
import { RetrieveService } from './retrieve.service.js';

@Module({})
export class RetrieverModule {
  static forRoot(config: RetrieverConfig): DynamicModule {
    return {
      module: RetrieverModule,
      imports: [
        configModule('retriever', config),
        TelemetryModule.forRoot('retriever', config),
        PersistenceModule.forRoot(config),
        QueueModule.forRoot(config),
      ],
      providers: [
        { provide: SchemaIndex, useClass: FtsSchemaIndex },
        ...stageProviders,
        RetrieveService,
        RetrieveProcessor,
        IndexService,
        IndexProcessor,
      ],
    };
  }
}
