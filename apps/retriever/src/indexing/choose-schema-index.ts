import type { RetrieverConfig } from '../config.js';
import { EmbeddedSchemaIndex } from './embedded/embedded.schema-index.js';
import { QdrantSchemaIndex } from './qdrant/qdrant.schema-index.js';
import type { SchemaIndex } from './schema-index.js';

/** Qdrant where the configuration names one, else a file below NANO_HOME. */
export function chooseSchemaIndex(config: RetrieverConfig): SchemaIndex {
  if (config.QDRANT_URL === undefined) return new EmbeddedSchemaIndex(config.NANO_HOME);
  return new QdrantSchemaIndex({
    url: config.QDRANT_URL,
    apiKey: config.QDRANT_API_KEY,
    prefix: config.QDRANT_COLLECTION,
    shards: config.QDRANT_SHARDS,
    replicas: config.QDRANT_REPLICAS,
    quantization: config.QDRANT_QUANTIZATION,
  });
}
