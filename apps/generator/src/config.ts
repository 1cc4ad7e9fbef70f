import { z } from 'zod';
import { configToken } from '#shared/config/config.module';
import { commonFields, fields, httpUrl } from '#shared/config/environment';
import { templateNames } from '#shared/prompt/template';

export const generatorSchema = z.object({
  ...commonFields,
  GENERATOR_HOST: z.string().default('127.0.0.1').describe('Address of health and metrics'),
  GENERATOR_PORT: fields.port.default(8082).describe('Port of health and metrics; 0 takes any free one'),
  GENERATOR_CONCURRENCY: fields.count.default(16).describe('Requests to the model server at a time'),
  LLM_BASE_URL: httpUrl.describe('OpenAI-compatible API of the model server, with /v1'),
  LLM_MODEL: z.string().min(1).describe('Model as its /v1/models names it'),
  LLM_API_KEY: z.string().optional().describe('Key for the model server, where it asks for one'),
  LLM_TIMEOUT_MS: fields.milliseconds
    .default(60_000)
    .describe('Time for one reply of the model, in milliseconds'),
  LLM_PROMPT_TEMPLATE: z
    .enum(templateNames)
    .default('chat')
    .describe('Layout of the prompt: `chat`, or `llama3` for adapters tuned on that one'),
  LLM_MAX_TOKENS: fields.count.default(512).describe('Tokens that one reply may have'),
});
export type GeneratorConfig = z.infer<typeof generatorSchema>;

export const GENERATOR_CONFIG = configToken('generator');
