import { z } from 'zod';
import {
  accessPolicySchema,
  connectionSchema,
  datasourceNameSchema,
  datasourceStatuses,
  dialectSchema,
  refreshSecondsSchema,
  strictPolicySchema,
} from '#shared/contracts/datasource';
import { queryErrorSchema } from '#shared/contracts/query';
import { tableSchema, termSchema } from '#shared/contracts/snapshot';

export const addDatasourceSchema = z.strictObject({
  name: datasourceNameSchema,
  connection: connectionSchema.describe('Its credentials are sealed at rest and never returned'),
  policy: strictPolicySchema.prefault({}),
  allowPrivileged: z
    .boolean()
    .default(false)
    .describe('Registers it although its role may do more than read'),
  refreshSeconds: refreshSecondsSchema
    .default(null)
    .describe('Reads its schema again each time so many seconds have passed; null does not'),
});
export type AddDatasource = z.infer<typeof addDatasourceSchema>;

export const changeDatasourceSchema = z.strictObject({
  refreshSeconds: refreshSecondsSchema.describe('As at registration'),
});
export type ChangeDatasource = z.infer<typeof changeDatasourceSchema>;

export const datasourceViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  dialect: dialectSchema,
  location: z.string().describe('Where the database is, without credentials'),
  status: z.enum(datasourceStatuses),
  fingerprint: z.string().nullable(),
  policy: accessPolicySchema,
  refreshSeconds: refreshSecondsSchema,
  error: queryErrorSchema.optional(),
  createdAt: z.iso.datetime(),
});
export type DatasourceView = z.infer<typeof datasourceViewSchema>;

export const datasourceListSchema = z.object({ datasources: z.array(datasourceViewSchema) });
export const datasourceDetailSchema = datasourceViewSchema.extend({
  tables: z.array(tableSchema).describe('Of the schema snapshot in use'),
  terms: z.array(termSchema).describe('Words of the business, as the schema snapshot in use has them'),
});
export type DatasourceDetail = z.infer<typeof datasourceDetailSchema>;
