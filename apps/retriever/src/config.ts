import { z } from 'zod';
import { configToken } from '#shared/config/config.module';
import { commonFields, fields, homeField, masterKeyField } from '#shared/config/environment';

export const retrieverSchema = z.object({
  ...commonFields,
  ...masterKeyField,
  RETRIEVER_HOST: z.string().default('127.0.0.1').describe('Address of health and metrics'),
  RETRIEVER_PORT: fields.port.default(8081).describe('Port of health and metrics; 0 takes any free one'),
  RETRIEVER_CONCURRENCY: fields.count.default(16).describe('Questions retrieved for at a time'),
  ...homeField,
  CONTEXT_TABLES: fields.count
    .default(8)
    .describe('Tables that the search puts in a context, before those that join them'),
});
export type RetrieverConfig = z.infer<typeof retrieverSchema>;

export const RETRIEVER_CONFIG = configToken('retriever');
