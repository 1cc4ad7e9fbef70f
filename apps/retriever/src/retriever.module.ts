import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { configModule } from '#shared/config/config.module';
import { PersistenceModule } from '#shared/persistence/persistence.module';
import { QueueModule } from '#shared/queue/queue.module';
import { stageProviders } from '#shared/queue/stage.processor';
import { Certificates } from '#shared/telemetry/certificates';
import { Readiness } from '#shared/telemetry/readiness';
import { TelemetryModule } from '#shared/telemetry/telemetry.module';
import { httpsExpiry } from '#shared/telemetry/tls-expiry';
import type { RetrieverConfig } from './config.js';
import { chooseEmbedder } from './embeddings/choose-embedder.js';
import type { Embedder } from './embeddings/embedder.js';
import { EarlierTurns } from './conversation/earlier-turns.js';
import { Evidence } from './evidence/evidence.js';
import { ExampleSearch } from './examples/example-search.js';
import { IndexProcessor } from './index.processor.js';
import { IndexService } from './index.service.js';
import { chooseSchemaIndex } from './indexing/choose-schema-index.js';
import type { SchemaIndex } from './indexing/schema-index.js';
import { RetrieveProcessor } from './retrieve.processor.js';
import { RetrieveService } from './retrieve.service.js';
import { SchemaSearch } from './schema-search.js';

/** The search with its adapters, closed when the application is. */
class OwnedSchemaSearch extends SchemaSearch implements OnApplicationShutdown {
  constructor(
    private readonly adapter: SchemaIndex,
    private readonly encoder: Embedder | null,
  ) {
    super(adapter, encoder);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.adapter.close();
    await this.encoder?.close();
  }
}

function watchCertificates(certificates: Certificates, config: RetrieverConfig): void {
  const { QDRANT_URL, EMBEDDINGS_BASE_URL } = config;
  if (QDRANT_URL !== undefined) certificates.watch('index', () => httpsExpiry(QDRANT_URL));
  if (EMBEDDINGS_BASE_URL !== undefined)
    certificates.watch('embeddings', () => httpsExpiry(EMBEDDINGS_BASE_URL));
}

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
        {
          provide: SchemaSearch,
          inject: [Readiness, Certificates],
          useFactory: async (readiness: Readiness, certificates: Certificates) => {
            watchCertificates(certificates, config);
            const index = chooseSchemaIndex(config);
            readiness.add('index', () => index.check());
            const embedder = await chooseEmbedder(config);
            readiness.add('embeddings', async () => ({ model: embedder?.identity ?? 'none' }));
            return new OwnedSchemaSearch(index, embedder);
          },
        },
        ...stageProviders,
        ExampleSearch,
        EarlierTurns,
        Evidence,
        RetrieveService,
        RetrieveProcessor,
        IndexService,
        IndexProcessor,
      ],
    };
  }
}
