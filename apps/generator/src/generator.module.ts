import { type DynamicModule, Module } from '@nestjs/common';
import { configModule } from '#shared/config/config.module';
import type { ModelCatalogue } from '#shared/models/catalogue';
import { ExplanationStore } from '#shared/persistence/explanation.store';
import { PersistenceModule } from '#shared/persistence/persistence.module';
import { QueueModule } from '#shared/queue/queue.module';
import { stageProviders } from '#shared/queue/stage.processor';
import { TelemetryModule } from '#shared/telemetry/telemetry.module';
import type { GeneratorConfig } from './config.js';
import { ExplainProcessor } from './explain.processor.js';
import { ExplainService } from './explanation/explain.service.js';
import { ContextGrammars } from './grammar/context-grammars.js';
import { GenerateProcessor } from './generate.processor.js';
import { GenerateService } from './generate.service.js';
import { CatalogueModel } from './model/catalogue.model.js';
import { type CatalogueSource, CatalogueWatch } from './model/catalogue.watch.js';
import { EndpointCertificates } from './model/endpoint.certificates.js';
import { Model } from './model/model.js';
import { ModelReport } from './model/model.report.js';
import { QueueLoad } from './sampling/queue-load.js';
import { Sampler } from './sampling/sampler.js';
import { CATALOGUE_SOURCE, MODEL_CATALOGUE } from './model/tokens.js';
import { Repairer } from './repair/repairer.js';

@Module({})
export class GeneratorModule {
  static forRoot(config: GeneratorConfig, catalogue: ModelCatalogue, source: CatalogueSource): DynamicModule {
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
        { provide: MODEL_CATALOGUE, useValue: catalogue },
        CatalogueModel,
        { provide: Model, useExisting: CatalogueModel },
        { provide: CATALOGUE_SOURCE, useValue: source },
        CatalogueWatch,
        EndpointCertificates,
        ModelReport,
        Repairer,
        QueueLoad,
        Sampler,
        ContextGrammars,
        GenerateService,
        GenerateProcessor,
        ExplanationStore,
        ExplainService,
        ExplainProcessor,
      ],
    };
  }
}
