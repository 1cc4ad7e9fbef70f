import { z } from 'zod';
import { configToken } from '#shared/config/config.module';
import { commonFields, fields, homeField, httpUrl, masterKeyField } from '#shared/config/environment';

export const retrieverSchema = z
  .object({
    ...commonFields,
    ...masterKeyField,
    RETRIEVER_HOST: z.string().default('127.0.0.1').describe('Address of health and metrics'),
    RETRIEVER_PORT: fields.port.default(8081).describe('Port of health and metrics; 0 takes any free one'),
    RETRIEVER_CONCURRENCY: fields.count.default(16).describe('Questions retrieved for at a time'),
    ...homeField,
    QDRANT_URL: httpUrl
      .optional()
      .describe(
        'Qdrant that holds the schema index; a file in NANO_HOME if unset. Port 6333 if it names none',
      ),
    QDRANT_API_KEY: z.string().optional().describe('Key sent to it'),
    QDRANT_COLLECTION: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,100}$/, 'expected letters, digits, _ and -')
      .default('nano')
      .describe('Begins the names of the collections; sets several services apart on one Qdrant'),
    QDRANT_SHARDS: fields.count.optional().describe('Shards of a new collection; unset, one a node'),
    QDRANT_REPLICAS: fields.count
      .optional()
      .describe('Replicas of each shard of a new collection; unset, one'),
    QDRANT_QUANTIZATION: z
      .enum(['none', 'scalar', 'binary'])
      .default('none')
      .describe('How vectors of a new collection are compressed in memory'),
    EMBEDDINGS_BASE_URL: httpUrl
      .optional()
      .describe(
        'OpenAI-compatible endpoint for embeddings, up to /v1; if unset, the model of EMBEDDINGS_MODEL_DIR',
      ),
    EMBEDDINGS_MODEL: z.string().optional().describe('Model asked of it; needed with EMBEDDINGS_BASE_URL'),
    EMBEDDINGS_API_KEY: z.string().optional().describe('Key sent to it'),
    EMBEDDINGS_MODEL_DIR: z
      .string()
      .optional()
      .describe(
        'Folder of a sentence encoder that runs in process: onnx/model.onnx, tokenizer.json. NANO_HOME/models/all-MiniLM-L6-v2 if unset; without its files, words alone find tables',
      ),
    CONTEXT_TOKENS: fields.count
      .default(3_000)
      .describe(
        'Tokens, as estimated, that the tables of a context may take; a schema that fits goes in whole',
      ),
    CONTEXT_TABLES: fields.count.default(12).describe('Tables of a schema that does not fit whole'),
    RELEVANCE_FLOOR: z.coerce
      .number()
      .min(0)
      .max(1)
      .default(0.25)
      .describe(
        'Likeness (cosine) of a question and the nearest table or column below which, if no word matches either, the query fails with `not_answerable`; 0 refuses none',
      ),
    EXAMPLE_ANSWERS: z
      .enum(['near', 'exact', 'none'])
      .default('near')
      .describe(
        'Verified examples that answer without the model: those with the same question (`exact`), also those that differ in literals only (`near`), or none',
      ),
  })
  .refine(({ EMBEDDINGS_BASE_URL, EMBEDDINGS_MODEL }) => !EMBEDDINGS_BASE_URL || EMBEDDINGS_MODEL, {
    path: ['EMBEDDINGS_MODEL'],
    message: 'must be set with EMBEDDINGS_BASE_URL',
  });
export type RetrieverConfig = z.infer<typeof retrieverSchema>;

export const RETRIEVER_CONFIG = configToken('retriever');
