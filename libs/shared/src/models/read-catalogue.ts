import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigurationError, type Environment, fields, httpUrl } from '../config/environment.js';
import { describeError } from '../errors/app-error.js';
import { type CatalogueEndpoint, catalogueSchema, type ModelCatalogue } from './catalogue.js';

/** How the environment names the models: a file, or one model at one endpoint. */
export const modelFields = {
  MODELS_FILE: z
    .string()
    .optional()
    .describe('Catalogue of endpoints, models and adapters; takes the place of LLM_BASE_URL'),
  LLM_BASE_URL: httpUrl.optional().describe('OpenAI-compatible API of the model server, with /v1'),
  LLM_MODEL: z.string().min(1).optional().describe('Model as its /v1/models names it'),
  LLM_API_KEY: z.string().optional().describe('Key for the model server, where it asks for one'),
  LLM_TIMEOUT_MS: fields.milliseconds
    .default(60_000)
    .describe('Time for one reply of the model, in milliseconds'),
  LLM_FIRST_TOKEN_MS: fields.milliseconds
    .optional()
    .describe('Time to its first token; LLM_TIMEOUT_MS if unset'),
  LLM_MAX_TOKENS: fields.count.default(512).describe('Tokens that one reply may have'),
};
export type ModelSettings = z.infer<z.ZodObject<typeof modelFields>> & { GENERATOR_CONCURRENCY?: number };

/**
 * The catalogue of MODELS_FILE, or one of a single model.
 * @param environment holds the keys that the file refers to
 * @throws ConfigurationError that says what is missing or wrong, and where
 */
export function readCatalogue(settings: ModelSettings, environment: Environment): ModelCatalogue {
  if (settings.MODELS_FILE !== undefined) return readFile(settings.MODELS_FILE, environment);
  const { LLM_BASE_URL: url, LLM_MODEL: model } = settings;
  if (url === undefined || model === undefined)
    throw new ConfigurationError(
      'The environment is not valid:\n  LLM_BASE_URL, LLM_MODEL: both are needed where MODELS_FILE is unset\nSee docs/configuration.md.',
    );
  const { endpoints, models } = catalogueSchema.parse({
    endpoints: [
      {
        name: 'default',
        url,
        concurrency: settings.GENERATOR_CONCURRENCY,
        firstTokenMs: settings.LLM_FIRST_TOKEN_MS ?? settings.LLM_TIMEOUT_MS,
        totalMs: settings.LLM_TIMEOUT_MS,
      },
    ],
    models: [{ name: model, maxTokens: settings.LLM_MAX_TOKENS }],
  });
  return { endpoints: endpoints.map((endpoint) => withKey(endpoint, settings.LLM_API_KEY)), models };
}

function readFile(file: string, environment: Environment): ModelCatalogue {
  const parsed = catalogueSchema.safeParse(parseFile(file));
  if (!parsed.success) throw wrong(file, z.prettifyError(parsed.error));
  const { endpoints, models } = parsed.data;
  return {
    endpoints: endpoints.map(({ apiKeyEnv, ...endpoint }) => {
      const key = apiKeyEnv === undefined ? undefined : environment[apiKeyEnv];
      if (apiKeyEnv !== undefined && !key)
        throw wrong(file, `${endpoint.name}: the environment variable ${apiKeyEnv} is not set`);
      return withKey(endpoint, key);
    }),
    models,
  };
}

function withKey(endpoint: CatalogueEndpoint, key: string | undefined): CatalogueEndpoint {
  return key === undefined ? endpoint : { ...endpoint, apiKey: key };
}

function parseFile(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw wrong(file, describeError(error));
  }
}

function wrong(file: string, detail: string): ConfigurationError {
  return new ConfigurationError(`MODELS_FILE, ${file}, is not valid:\n${detail}\nSee docs/models.md.`);
}
