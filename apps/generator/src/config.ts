import { z } from 'zod';
import { configToken } from '#shared/config/config.module';
import { commonFields, fields } from '#shared/config/environment';
import { modelFields } from '#shared/models/read-catalogue';
import { templateNames } from '#shared/prompt/template';

export const generatorSchema = z.object({
  ...commonFields,
  GENERATOR_HOST: z.string().default('127.0.0.1').describe('Address of health and metrics'),
  GENERATOR_PORT: fields.port.default(8082).describe('Port of health and metrics; 0 takes any free one'),
  GENERATOR_CONCURRENCY: fields.count
    .default(16)
    .describe('Queries generated for at a time; without MODELS_FILE also the requests at the model server'),
  ...modelFields,
  SAMPLES_FIRST: fields.count
    .default(3)
    .describe('Samples asked for first; the others only where these do not agree'),
  SAMPLES_ALL_TO: z.coerce
    .number()
    .int()
    .min(0)
    .default(16)
    .describe('Waiting queries up to which a query gets all of its samples'),
  SAMPLES_ONE_FROM: fields.count.default(64).describe('Waiting queries from which on it gets one'),
  LLM_GRAMMAR: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe('`auto` holds replies to a grammar of the context where the server can'),
  LLM_PROMPT_TEMPLATE: z
    .enum(templateNames)
    .default('chat')
    .describe('Layout of the prompt: `chat`, or `llama3` for adapters tuned on that one'),
});
export type GeneratorConfig = z.infer<typeof generatorSchema>;

export const GENERATOR_CONFIG = configToken('generator');
