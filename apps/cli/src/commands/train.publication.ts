import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { parseEnvironment } from '#shared/config/environment';
import { isAppError } from '#shared/errors/app-error';
import type { ModelCatalogue } from '#shared/models/catalogue';
import { modelFields, readCatalogue } from '#shared/models/read-catalogue';
import { CliError } from '../cli-error.js';
import { type CliConfig, readConfig } from '../config.js';
import { takeLock } from '../embedded/lock.js';

export interface PublicationPlace {
  config: CliConfig;
  volume: string;
  catalogueFile: string;
  readCatalogue: (file: string) => ModelCatalogue;
  now: () => Date;
}

/** Runs a change of what is published: one at a time on a volume, its complaints explained. */
export async function changePublication<T>(
  adapters: string,
  work: (place: PublicationPlace) => Promise<T>,
): Promise<T> {
  const config = readConfig();
  if (config.modelsFile === undefined)
    throw new CliError('usage', 'MODELS_FILE is not set: it names the catalogue that is switched');
  if (!existsSync(adapters)) throw new CliError('usage', `${adapters} is not there: mount the volume first`);
  const lock = takeLock(join(adapters, '.publishing.db'));
  if (!lock) throw new CliError('publishing', `another process publishes to ${adapters}`);
  try {
    return await work({
      config,
      volume: resolve(adapters),
      catalogueFile: resolve(config.modelsFile),
      readCatalogue: (file) => catalogueOf(config, file),
      now: () => new Date(),
    });
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'model_refused') throw new CliError('model_refused', error.message, { cause: error });
    throw new CliError('usage', error.message, { cause: error });
  } finally {
    lock.release();
  }
}

function catalogueOf({ environment }: CliConfig, file: string): ModelCatalogue {
  const changed = { ...environment, MODELS_FILE: file };
  return readCatalogue(parseEnvironment(z.object(modelFields), changed), changed);
}
