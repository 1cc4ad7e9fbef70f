import { z } from 'zod';
import { configToken } from '#shared/config/config.module';
import { commonFields, fields, homeField, masterKeyField } from '#shared/config/environment';
import { isolationLevels } from './sandbox/isolation/isolation.js';

export const executorSchema = z.object({
  ...commonFields,
  ...masterKeyField,
  EXECUTOR_HOST: z.string().default('127.0.0.1').describe('Address of health and metrics'),
  EXECUTOR_PORT: fields.port.default(8083).describe('Port of health and metrics; 0 takes any free one'),
  ...homeField,
  EXECUTOR_REQUIRE_ISOLATION: z
    .enum(isolationLevels)
    .default('process')
    .describe('Refuses to start where the host isolates sandbox processes less than this'),
  EXECUTOR_CHOICE_WEIGHTS: z
    .string()
    .optional()
    .describe('File of weights for the choice among candidates, in place of its own'),
  EXECUTOR_CONCURRENCY: fields.count.default(8).describe('Queries executed at a time'),
});
export type ExecutorConfig = z.infer<typeof executorSchema>;

export const EXECUTOR_CONFIG = configToken('executor');
