import { join } from 'node:path';
import type { Environment } from '#shared/config/environment';
import { CliError } from '../cli-error.js';
import { GatewayClient } from '../client/gateway-client.js';
import type { CliConfig } from '../config.js';
import { chooseModel, type ChosenModel } from '../model/choose-model.js';
import { loadService } from './apps.js';
import { homeOf, prepareHome, type Home } from './home.js';
import { takeLock } from './lock.js';
import { Parts } from './parts.js';
import { readRun, writeRun } from './run-file.js';
import { defaultSample } from '../../../../samples/src/catalogue.js';
import { prepareSamples, registerSamples } from './samples.js';
import { readOrMakeMasterKey } from './secrets.js';

export interface HostOptions {
  host: string;
  port: number;
  /** Whether it stays for others to use, or ends with the call that starts it. */
  stays: boolean;
}

export interface Host {
  url: string;
  /** Where each worker answers for its health and metrics. */
  workers: Record<string, string>;
  client: GatewayClient;
  /** Null: no language model is configured or found, and the baseline answers. */
  model: ChosenModel | null;
  /** Resolves with the reason when a part of it ends by itself. */
  broken: Promise<Error>;
  /** Drains the apps, stops PostgreSQL, frees the home. */
  close(): Promise<void>;
}

/** Runs the whole service in this process, with a PostgreSQL and a baseline model of its own where none is configured. */
export async function startHost(config: CliConfig, options: HostOptions): Promise<Host> {
  // Whatever the apps write, an index with cell values among it, is for its owner only.
  process.umask(0o077);
  const home = homeOf(config.home);
  prepareHome(home);
  const lock = takeLock(home.lockFile);
  if (!lock) throw alreadyRunning(home);
  const parts = new Parts(home, lock);
  try {
    return await assemble(parts, config, options);
  } catch (error) {
    await parts.close();
    throw isPortInUse(error)
      ? new CliError('port_in_use', `port ${options.port} of ${options.host} is in use`, { cause: error })
      : error;
  }
}

async function assemble(parts: Parts, config: CliConfig, options: HostOptions): Promise<Host> {
  const { home } = parts;
  const run = { pid: process.pid, stays: options.stays, startedAt: new Date().toISOString() };
  writeRun(home.runFile, { ...run, url: null, workers: {} });
  const choosing = chooseModel(config);
  // Loading blocks this process: it would not see in time what a model server answers.
  const searched = choosing.then(
    () => undefined,
    () => undefined,
  );
  const [databaseUrl, model, service, samples] = await allEnded([
    config.databaseUrl ?? parts.startPostgres(),
    provideModel(parts, config, choosing),
    searched.then(loadService),
    searched.then(() => prepareSamples(home.samples)),
  ]);
  const environment = {
    ...environmentOf(home, config, options),
    ...model.environment,
    DATABASE_URL: databaseUrl,
  };
  const { url } = await parts.startService(service, environment);
  const client = new GatewayClient(url, config.apiKey);
  await registerSamples(client, samples);
  const workers = parts.workerUrls();
  writeRun(home.runFile, { ...run, url, workers });
  return { url, workers, client, model: model.chosen, broken: parts.broken, close: () => parts.close() };
}

/** PostgreSQL, which takes longer, starts meanwhile. */
async function provideModel(parts: Parts, config: CliConfig, choosing: Promise<ChosenModel | null>) {
  const chosen = await choosing;
  return { chosen, environment: chosen?.environment ?? (await parts.startBaseline(config.environment)) };
}

/** What the apps get: the caller's environment, with all that is unset filled in. */
function environmentOf(home: Home, config: CliConfig, options: HostOptions): Environment {
  return {
    NANO_MASTER_KEY: readOrMakeMasterKey(home.masterKeyFile),
    LOG_FILE: join(home.logs, 'nano.log'),
    NANO_DEFAULT_DATASOURCE: defaultSample,
    RETRIEVER_PORT: '0',
    GENERATOR_PORT: '0',
    EXECUTOR_PORT: '0',
    ...config.environment,
    NANO_HOME: home.folder,
    GATEWAY_HOST: options.host,
    GATEWAY_PORT: String(options.port),
  };
}

/** Like Promise.all, but fails only when all have ended: a part that is still starting could not be closed. */
async function allEnded<const T extends readonly unknown[]>(starting: T) {
  await Promise.allSettled(starting);
  return Promise.all(starting);
}

function alreadyRunning(home: Home): CliError {
  const run = readRun(home.runFile);
  const who = run
    ? `process ${run.pid}${run.url ? ` at ${run.url}` : ', still starting'}, since ${run.startedAt}`
    : '';
  return new CliError(
    'already_running',
    `an embedded service already runs on ${home.folder}: ${who || 'another process'}`,
  );
}

function isPortInUse(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ((each as NodeJS.ErrnoException).code === 'EADDRINUSE') return true;
  }
  return false;
}
