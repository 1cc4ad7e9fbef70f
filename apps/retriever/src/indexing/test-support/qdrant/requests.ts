import { z } from 'zod';

/** The part of Qdrant's requests that the stand-in understands; it refuses all else, so that nothing is passed over in silence. */
const id = z.uuid();
const match = z.union([
  z.strictObject({ value: z.string() }),
  z.strictObject({ any: z.array(z.string()) }),
  z.strictObject({ except: z.array(z.string()) }),
]);
const condition = z.union([
  z.strictObject({ key: z.string(), match }),
  z.strictObject({ has_id: z.array(id) }),
  z.strictObject({ is_empty: z.strictObject({ key: z.string() }) }),
]);
const conditions = z.union([condition.transform((one) => [one]), z.array(condition)]);
const filter = z.strictObject({ must: conditions.optional(), must_not: conditions.optional() });

const sparse = z
  .strictObject({ indices: z.array(z.uint32()), values: z.array(z.number()) })
  .refine(({ indices }) => new Set(indices).size === indices.length, 'indices must be unique')
  .refine(({ indices, values }) => indices.length === values.length, 'as many values as indices');
const dense = z.array(z.number()).min(1);
const payload = z.record(z.string(), z.unknown());

const search = {
  using: z.string(),
  filter,
  limit: z.int().min(1),
  params: z
    .strictObject({
      idf: z.strictObject({ corpus: filter }).optional(),
      quantization: z.strictObject({ rescore: z.boolean(), oversampling: z.number().min(1) }).optional(),
    })
    .optional(),
};
const withPayload = z.union([z.boolean(), z.array(z.string())]).default(true);
const index = z.strictObject({
  type: z.literal('keyword'),
  is_tenant: z.boolean().optional(),
  enable_hnsw: z.boolean().optional(),
});

export const requests = {
  createCollection: z.strictObject({
    vectors: z.record(
      z.string(),
      z.strictObject({
        size: z.int().min(1),
        distance: z.literal('Cosine'),
        memory: z.literal('cold').optional(),
      }),
    ),
    sparse_vectors: z.record(z.string(), z.strictObject({ modifier: z.literal('idf') })),
    hnsw_config: z.strictObject({ m: z.int(), payload_m: z.int() }).optional(),
    quantization_config: z
      .union([
        z.strictObject({
          scalar: z.strictObject({
            type: z.literal('int8'),
            quantile: z.number(),
            memory: z.literal('pinned'),
          }),
        }),
        z.strictObject({ binary: z.strictObject({ memory: z.literal('pinned') }) }),
      ])
      .optional(),
    shard_number: z.int().min(1).optional(),
    replication_factor: z.int().min(1).optional(),
  }),
  createIndex: z.strictObject({ field_name: z.string(), field_schema: index }),
  upsert: z.strictObject({
    points: z.array(z.strictObject({ id, vector: z.record(z.string(), z.union([dense, sparse])), payload })),
    update_mode: z.enum(['upsert', 'insert_only']).default('upsert'),
  }),
  retrieve: z.strictObject({ ids: z.array(id), with_payload: withPayload }),
  setPayload: z.strictObject({ payload, filter }),
  batch: z.strictObject({
    operations: z.array(z.strictObject({ delete: z.strictObject({ filter }) })),
  }),
  scroll: z.strictObject({
    filter,
    limit: z.int().min(1),
    offset: id.optional(),
    with_payload: withPayload,
    with_vector: z.literal(false).default(false),
  }),
  count: z.strictObject({ filter, exact: z.literal(true) }),
  query: z.strictObject({
    prefetch: z.array(
      z.strictObject({ query: z.strictObject({ nearest: z.union([dense, sparse]) }), ...search }),
    ),
    query: z.strictObject({ rrf: z.strictObject({ k: z.int().min(1) }) }),
    limit: z.int().min(1),
    with_payload: withPayload,
  }),
};

export type Filter = z.infer<typeof filter>;
export type Condition = z.infer<typeof condition>;
export type SparseVector = z.infer<typeof sparse>;
export type Request<N extends keyof typeof requests> = z.infer<(typeof requests)[N]>;
