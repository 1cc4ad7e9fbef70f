import { z } from 'zod';
import { parseEnvironment } from '#shared/config/environment';
import type { ModelCatalogue } from '#shared/models/catalogue';
import { modelFields, readCatalogue } from '#shared/models/read-catalogue';
import type { CliConfig } from '../config.js';
import { chooseModel } from './choose-model.js';

/** The catalogue that an embedded service would use; null for the baseline. */
export async function openCatalogue(config: CliConfig): Promise<ModelCatalogue | null> {
  const chosen = await chooseModel(config);
  if (!chosen) return null;
  const environment = { ...config.environment, ...chosen.environment };
  return readCatalogue(parseEnvironment(z.object(modelFields), environment), environment);
}
