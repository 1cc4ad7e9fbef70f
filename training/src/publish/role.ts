import { permanent } from '#shared/errors/app-error';
import type { CatalogueModel, ModelCatalogue } from '#shared/models/catalogue';
import type { Entry } from './catalogue-file.js';
import { publishedPattern, rolePattern } from './volume.js';

/** A model of the catalogue, and its adapter that a role has now: what is published under the same name takes its place. */
export interface Role {
  model: CatalogueModel;
  current: Entry | null;
}

/** @throws AppError `invalid_request` where the catalogue leaves it open which model or adapter is meant */
export function roleIn({ models }: ModelCatalogue, role: string, wanted: string | undefined): Role {
  if (!rolePattern.test(role))
    throw permanent('invalid_request', `${role}: a name has small letters, digits, \`_\`, \`.\` and \`-\``);
  const [model, ...others] = models.filter(({ name }) => wanted === undefined || name === wanted);
  if (!model) throw permanent('invalid_request', `the catalogue has no model ${wanted ?? ''}`);
  if (others.length > 0)
    throw permanent(
      'invalid_request',
      `the catalogue has ${models.length} models: name the one of the adapter with --model`,
    );
  const found = model.adapters.filter(({ name }) => name === role || publishedPattern(role).test(name));
  if (found.length > 1)
    throw permanent(
      'invalid_request',
      `the catalogue has several adapters of this name: ${found.map(({ name }) => name).join(', ')}`,
    );
  const [current] = found;
  if (!current) return { model, current: null };
  const { name, path, template } = current;
  return { model, current: { name, path, template } };
}
