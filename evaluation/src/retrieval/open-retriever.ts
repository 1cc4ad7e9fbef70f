import { join } from 'node:path';
import { permanent } from '#shared/errors/app-error';
import { type Environment, parseEnvironment } from '#shared/config/environment';
import { type RetrieverConfig, retrieverSchema } from '../../../apps/retriever/src/config.js';
import type { ContextBudget } from '../../../apps/retriever/src/context/snapshot-context.js';
import { chooseEmbedder } from '../../../apps/retriever/src/embeddings/choose-embedder.js';
import type { Embedder } from '../../../apps/retriever/src/embeddings/embedder.js';
import { chooseSchemaIndex } from '../../../apps/retriever/src/indexing/choose-schema-index.js';
import type { SchemaIndex } from '../../../apps/retriever/src/indexing/schema-index.js';

export interface OpenRetriever {
  index: SchemaIndex;
  embedder: Embedder | null;
  budget: ContextBudget;
  config: RetrieverConfig;
  close: () => Promise<void>;
}

/** What the configuration needs for a service and a retrieval alone does not use. */
const unused = { DATABASE_URL: 'postgres://unused', NANO_MASTER_KEY: Buffer.alloc(32).toString('base64') };

/** The retriever's adapters as the environment configures them, its index in a folder or in collections of its own. */
export async function openRetriever(options: {
  environment: Environment;
  /** `none`, `local`, a URL, or undefined for what is configured. */
  embeddings: string | undefined;
  index: 'embedded' | 'qdrant';
}): Promise<OpenRetriever> {
  const { embeddings } = options;
  const url = embeddings?.startsWith('http') ? { EMBEDDINGS_BASE_URL: embeddings } : {};
  const config = parseEnvironment(retrieverSchema, { ...options.environment, ...unused, ...url });
  const local = embeddings === 'local' ? { ...config, EMBEDDINGS_BASE_URL: undefined } : config;
  const embedder = embeddings === 'none' ? null : await chooseEmbedder(local);
  if (options.index === 'qdrant' && config.QDRANT_URL === undefined)
    throw permanent('index_invalid', 'The index qdrant needs QDRANT_URL.');
  const index = chooseSchemaIndex({
    ...config,
    NANO_HOME: join(config.NANO_HOME, 'retrieval-evaluation'),
    QDRANT_URL: options.index === 'qdrant' ? config.QDRANT_URL : undefined,
    QDRANT_COLLECTION: `${config.QDRANT_COLLECTION}-evaluation`,
  });
  return {
    index,
    embedder,
    config,
    budget: { tokens: config.CONTEXT_TOKENS, tables: config.CONTEXT_TABLES },
    close: async () => {
      await index.close();
      await embedder?.close();
    },
  };
}
