import { z } from 'zod';
import { datasourceStatuses } from './datasource.js';

const milliseconds = z.number();

/** What one model server says of itself, beside what the catalogue of the generators wants of it. */
export const modelServerSchema = z.object({
  endpoint: z.string(),
  url: z.string().describe('Without credentials and query'),
  error: z.string().optional().describe('Why it does not answer'),
  kind: z.string().optional(),
  grammar: z.boolean().optional(),
  breaker: z.enum(['closed', 'trying', 'open']).optional().describe('Whether the generator sets it aside'),
  models: z.array(
    z.object({
      name: z.string(),
      base: z.string().nullable().describe('Set for an adapter'),
      state: z.enum(['served', 'loadable', 'missing']),
      inCatalogue: z.boolean(),
    }),
  ),
});
export type ModelServer = z.infer<typeof modelServerSchema>;

/** What a process says of itself each time it is heard of. */
export const appFactsSchema = z.object({
  parts: z
    .record(z.string(), z.looseObject({ status: z.enum(['up', 'down']) }))
    .describe('As its /readyz has them'),
  modelServers: z.array(modelServerSchema).optional().describe('Of a generator'),
});
export type AppFacts = z.infer<typeof appFactsSchema>;

export const appProcessSchema = z.object({
  app: z.string(),
  host: z.string(),
  version: z.string(),
  startedAt: z.iso.datetime(),
  silentMs: milliseconds.describe('Since it was last heard of; it says something every 10 s'),
  clockAheadMs: milliseconds.describe('How far its clock is before that of PostgreSQL'),
  facts: appFactsSchema,
});
export type AppProcess = z.infer<typeof appProcessSchema>;

const failed = z.object({ error: z.string().describe('Why it could not be looked at') });

export const databaseFactsSchema = z.object({
  version: z.string(),
  connections: z.int().describe('Of all its clients'),
  connectionLimit: z.int(),
  missingMigrations: z.array(z.string()).describe('That this gateway needs and the database lacks'),
});
export type DatabaseFacts = z.infer<typeof databaseFactsSchema>;

export const redisFactsSchema = z.object({
  version: z.string(),
  maxmemoryPolicy: z.string().nullable().describe('Null where it is hidden'),
  hasAof: z.boolean(),
  isPersisting: z.boolean().describe('Whether what it last wrote to its disk was written'),
  evictedKeys: z.int(),
  usedBytes: z.int(),
  limitBytes: z.int().describe('0 is no limit'),
});

export const queueFactsSchema = z.object({
  queue: z.string(),
  waiting: z.int(),
  active: z.int(),
  delayed: z.int(),
  oldestSeconds: z.number().describe('How long the next job in line has waited'),
  deadLetters: z.int(),
  deadLetterCodes: z
    .array(z.object({ code: z.string(), count: z.int(), newestAt: z.iso.datetime() }))
    .describe('Of the newest hundred'),
});
export type QueueFacts = z.infer<typeof queueFactsSchema>;

export const datasourceFactsSchema = z.object({
  name: z.string(),
  status: z.enum(datasourceStatuses),
  hasSnapshot: z.boolean(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  refreshSeconds: z.int().nullable(),
  changedMs: milliseconds.describe('Since its refresh was asked for, or ended'),
});
export type DatasourceFacts = z.infer<typeof datasourceFactsSchema>;

/** What a gateway knows of the whole deployment. Holds no secret, no question and no SQL. */
export const diagnosticsSchema = z.object({
  version: z.string(),
  at: z.iso.datetime().describe('By its own clock'),
  keys: z
    .array(z.object({ expiresAt: z.iso.datetime().nullable() }))
    .nullable()
    .describe('Of NANO_API_KEYS, in their order; null where none is needed'),
  database: z.union([databaseFactsSchema, failed]),
  queueBackend: z.enum(['redis', 'postgres']),
  redis: z.union([z.array(redisFactsSchema), failed]),
  queues: z.union([z.array(queueFactsSchema), failed]),
  apps: z.union([z.array(appProcessSchema), failed]),
  datasources: z.union([z.array(datasourceFactsSchema), failed]),
  openQueries: z.union([z.object({ open: z.int(), limit: z.int() }), failed]),
});
export type Diagnostics = z.infer<typeof diagnosticsSchema>;
export type Failed = z.infer<typeof failed>;
