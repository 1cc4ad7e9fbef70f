import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { describeError } from '../errors/app-error.js';
import { parseRedisUrl } from '../queue/redis-url.js';
import { readSecretFiles } from './secret-files.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A wrong or missing environment variable. The message names each one. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * Parses the environment by an app's schema. An empty value counts as unset, as Compose and Kubernetes write it, and
 * a secret may lie in a file.
 * @throws ConfigurationError naming every wrong variable; the values themselves are never shown: some are secrets.
 */
export function parseEnvironment<S extends z.ZodObject>(schema: S, environment: Environment): z.infer<S> {
  const { environment: read, problems } = readSecretFiles(environment);
  if (problems.length > 0) throw invalid(problems);
  const set = Object.fromEntries(
    Object.entries(read).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(set);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}

function invalid(problems: string[]): ConfigurationError {
  const lines = problems.map((problem) => `  ${problem}\n`).join('');
  return new ConfigurationError(`The environment is not valid:\n${lines}See docs/configuration.md.`);
}

const port = z.coerce.number().int().min(0).max(65_535);
/** Node's timers hold no more: a longer one fires at once. */
const longestTimerMs = 2 ** 31 - 1;
const milliseconds = z.coerce.number().int().min(1).max(longestTimerMs);
const count = z.coerce.number().int().min(1);

export const fields = { port, milliseconds, count };

/** `postgres://` or `postgresql://`. */
export const postgresUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'expected a postgres:// URL')
  .refine((value) => URL.canParse(value), 'is no valid URL');

export const httpUrl = z
  .string()
  .regex(/^https?:\/\//, 'expected an http:// or https:// URL')
  .refine((value) => URL.canParse(value), 'is no valid URL');

const queueSchemes = /^(rediss?|redis\+(sentinel|cluster)|postgres(ql)?):\/\//;

const queueUrl = z.string().superRefine((value, context) => {
  try {
    if (!queueSchemes.test(value))
      throw new Error('expected redis://, rediss://, redis+sentinel://, redis+cluster:// or postgres://');
    if (value.startsWith('postgres')) new URL(value);
    else parseRedisUrl(value);
  } catch (error) {
    const message = error instanceof TypeError ? 'is no valid URL' : describeError(error);
    context.addIssue({ code: 'custom', message });
  }
});

/** What every app needs: state, queue, logs. */
export const commonFields = {
  DATABASE_URL: postgresUrl.describe('PostgreSQL that holds the state of the service'),
  // Two at least: the reconciler holds its lock on one connection while it works on others.
  DATABASE_POOL_SIZE: count.min(2).default(5).describe('Connections to it, an app; 2 at least'),
  QUEUE_URL: queueUrl.optional().describe('Queue backend; DATABASE_URL if unset'),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[a-z0-9_-]+$/)
    .default('nano')
    .describe('Sets several services apart on one Redis'),
  LOG_LEVEL: z
    .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info')
    .describe('Least level that is logged'),
  LOG_FILE: z.string().optional().describe('File for the log; standard output if unset'),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl
    .optional()
    .describe('Collector that takes spans as OTLP over HTTP; no span is made if unset'),
  // The SDK's own variable, which the SDK no longer reads.
  OTEL_BSP_SCHEDULE_DELAY: milliseconds
    .default(5_000)
    .describe('Longest time a span waits to be sent with others, in milliseconds'),
};

const masterKey = z
  .string()
  .refine(
    (value) => Buffer.from(value, 'base64').length === 32,
    'expected 32 bytes in base64, as `openssl rand -base64 32` prints',
  );

export const masterKeyField = {
  NANO_MASTER_KEY: masterKey.describe('Key that seals datasource credentials at rest: 32 bytes in base64'),
  NANO_MASTER_KEY_PREVIOUS: masterKey
    .optional()
    .describe('Key of before, while it is rotated: opens what it sealed, and seals nothing'),
};

/** Where the sentence encoder lies that needs no configuration. */
export function encoderFolder(home: string): string {
  return join(home, 'models', 'all-MiniLM-L6-v2');
}

export const homeField = {
  NANO_HOME: z
    .string()
    .default(join(homedir(), '.local/share/nano-analyst'))
    .describe(
      'Folder for what an app keeps on disk: the embedded schema index, the compiled sandbox launcher',
    ),
};
