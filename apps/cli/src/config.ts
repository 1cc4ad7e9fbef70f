import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readApiKeys } from '#shared/config/api-keys';
import {
  commonFields,
  fields,
  httpUrl,
  parseEnvironment,
  type Environment,
} from '#shared/config/environment';
import { readSecretFiles } from '#shared/config/secret-files';

/** What the command line itself reads; everything in its environment goes on to the apps that it starts. */
export const cliEnvironmentSchema = z.object({
  NANO_HOME: z.string().optional().describe("Where embedded state lives; the user's data directory if unset"),
  XDG_DATA_HOME: z.string().optional().describe("The user's data directory; ~/.local/share if unset"),
  NANO_URL: httpUrl.optional().describe('Gateway that the commands talk to; an embedded one if unset'),
  NANO_API_KEY: z.string().optional().describe('Key that the commands send to the gateway'),
  NANO_API_KEYS: z.string().optional(),
  DATABASE_URL: commonFields.DATABASE_URL.optional(),
  QUEUE_URL: commonFields.QUEUE_URL,
  LOG_LEVEL: commonFields.LOG_LEVEL,
  MODELS_FILE: z.string().optional(),
  NANO_FIND_MODEL: z
    .enum(['on', 'off'])
    .default('on')
    .describe('Whether a model server on this machine is looked for where none is configured'),
  LLM_BASE_URL: httpUrl.optional(),
  LLM_MODEL: z.string().optional(),
  LLM_API_KEY: z.string().optional(),
  GATEWAY_HOST: z.string().default('127.0.0.1'),
  GATEWAY_PORT: fields.port.default(8080),
  NO_COLOR: z.string().optional().describe('Any value: no colours'),
});

export interface CliConfig {
  home: string;
  gatewayUrl: string | undefined;
  apiKey: string | undefined;
  databaseUrl: string | undefined;
  queueUrl: string | undefined;
  modelsFile: string | undefined;
  /** Whether a model server on this machine may be looked for. */
  findsModel: boolean;
  /** Model that the one found must be. */
  wantedModel: string | undefined;
  llm: { baseUrl: string; model: string | undefined; apiKey: string | undefined } | null;
  gatewayHost: string;
  gatewayPort: number;
  /** The whole environment, for the apps of the embedded mode. */
  environment: Environment;
}

/** @throws ConfigurationError naming every wrong variable */
export function readConfig(environment: Environment = process.env): CliConfig {
  const read = parseEnvironment(cliEnvironmentSchema, environment);
  const { environment: handedOn } = readSecretFiles(environment);
  const data = read.XDG_DATA_HOME ?? join(homedir(), '.local/share');
  return {
    home: resolve(read.NANO_HOME ?? join(data, 'nano-analyst')),
    gatewayUrl: read.NANO_URL,
    apiKey: read.NANO_API_KEY ?? (read.NANO_API_KEYS && readApiKeys(read.NANO_API_KEYS)[0]?.key),
    databaseUrl: read.DATABASE_URL,
    queueUrl: read.QUEUE_URL,
    modelsFile: read.MODELS_FILE,
    findsModel: read.NANO_FIND_MODEL === 'on',
    wantedModel: undefined,
    llm:
      read.LLM_BASE_URL === undefined
        ? null
        : { baseUrl: read.LLM_BASE_URL, model: read.LLM_MODEL, apiKey: read.LLM_API_KEY },
    gatewayHost: read.GATEWAY_HOST,
    gatewayPort: read.GATEWAY_PORT,
    environment: Object.fromEntries(Object.entries(handedOn).filter(([, value]) => value !== '')),
  };
}

/** Whether stack traces are wanted; known even when the rest of the environment is wrong. */
export function isDebug(environment: Environment = process.env): boolean {
  return ['debug', 'trace'].includes(environment['LOG_LEVEL'] ?? '');
}
