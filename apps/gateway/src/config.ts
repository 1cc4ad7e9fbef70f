import { z } from 'zod';
import { configToken } from '#shared/config/config.module';
import { commonFields, fields, masterKeyField } from '#shared/config/environment';
import { callerSchema } from '#shared/contracts/caller';
import { datasourceNameSchema } from '#shared/contracts/datasource';
import { maxCorrectionsSchema } from '#shared/contracts/query';
import { apiKeysSchema, keySchema } from './http/api-keys.js';
import { operatorKeysSchema } from './operators/operators.js';

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

export const gatewaySchema = z
  .object({
    ...commonFields,
    ...masterKeyField,
    GATEWAY_HOST: z
      .string()
      .default('127.0.0.1')
      .describe('Address to listen on; anything but loopback needs NANO_API_KEYS'),
    GATEWAY_PORT: fields.port.default(8080).describe('Port of the API; 0 takes any free one'),
    NANO_API_KEYS: apiKeysSchema
      .optional()
      .describe(
        'Keys that clients send as `Authorization: Bearer`, separated by commas; `@2027-03-01` at the end of one is the day from which it is refused',
      ),
    NANO_METRICS_KEY: keySchema.optional().describe('Key that opens /metrics and nothing else'),
    NANO_OPERATOR_KEYS: operatorKeysSchema
      .optional()
      .describe('Operators and their keys as `ada:key,grace:key`; /operators/queues is not there if unset'),
    NANO_CALLER_HEADER: z
      .string()
      .toLowerCase()
      .regex(/^[a-z0-9][a-z0-9-]*$/, 'is the name of a header')
      .optional()
      .describe('Header that names who asks; trusted, so whoever stands in front of the gateway must set it'),
    NANO_REVIEWERS: z
      .string()
      .transform((list) => list.split(',').map((caller) => caller.trim()))
      .pipe(z.array(callerSchema))
      .optional()
      .describe(
        'Callers who may review feedback, separated by commas; nobody if unset. Without NANO_CALLER_HEADER whoever has a key may',
      ),
    NANO_DEFAULT_DATASOURCE: datasourceNameSchema
      .optional()
      .describe('Datasource of questions that name none'),
    SQLITE_ROOT: z.string().optional().describe('Folder that SQLite datasources must lie in; any if unset'),
    MAX_OPEN_QUERIES: fields.count.default(1_000).describe('Open queries past which the gateway answers 429'),
    QUERY_DEADLINE_MS: fields.milliseconds
      .default(120_000)
      .describe('Time a query may take from acceptance to its end, in milliseconds'),
    MAX_CORRECTIONS: z.coerce
      .number()
      .pipe(maxCorrectionsSchema)
      .default(3)
      .describe('Corrections of a query that does not say'),
    RECONCILE_PERIOD_MS: fields.milliseconds
      .default(5_000)
      .describe(
        'Time between two looks for queries that lost their job or passed their deadline, in milliseconds',
      ),
    RETENTION_DAYS: fields.count
      .max(36_500)
      .optional()
      .describe(
        'Days after their end that queries, their rows and checks of statements are kept; for ever if unset',
      ),
    AUDIT_RETENTION_DAYS: fields.count
      .max(36_500)
      .optional()
      .describe('Days that the record of what operators did is kept; for ever if unset'),
  })
  .superRefine((config, context) => {
    if (loopback.has(config.GATEWAY_HOST) || config.NANO_API_KEYS) return;
    context.addIssue({
      code: 'custom',
      path: ['NANO_API_KEYS'],
      message: `must be set when the gateway listens on ${config.GATEWAY_HOST}`,
    });
  });
export type GatewayConfig = z.infer<typeof gatewaySchema>;

export const GATEWAY_CONFIG = configToken('gateway');
