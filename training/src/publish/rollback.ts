import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { permanent } from '#shared/errors/app-error';
import { CatalogueFile } from './catalogue-file.js';
import { History, type HistoryRecord } from './history.js';
import type { PublishOptions } from './publish.js';
import { roleIn } from './role.js';
import { Servers } from './servers.js';
import { refuseUnlessNamed } from './volume.js';

type RollbackOptions = Pick<
  PublishOptions,
  'role' | 'volume' | 'catalogueFile' | 'readCatalogue' | 'model' | 'now'
>;

/**
 * Puts the adapter that was in use before into use again, loaded first; the base model where there was none. Asked again, it goes
 * back one publication further.
 * @throws AppError `invalid_request` where nothing was published, `model_refused` where the former one cannot be loaded
 */
export async function rollback(options: RollbackOptions): Promise<HistoryRecord> {
  const { role, volume } = options;
  const catalogue = options.readCatalogue(options.catalogueFile);
  const file = new CatalogueFile(options.catalogueFile);
  const { model, current } = roleIn(catalogue, role, options.model);
  const history = new History(volume);
  const publication = current && history.publicationOf(role, model.name, current.name);
  if (!publication)
    throw permanent(
      'invalid_request',
      `${current ? `${current.name} was not published from here` : `no adapter ${role} is in use`}: there is nothing to go back to`,
    );
  const { from: former } = publication;
  const text = file.changed({ model: model.name, from: current, to: former });
  if (former?.path !== undefined) {
    const place = join(volume, former.name);
    if (existsSync(place)) await refuseUnlessNamed(place, former.name);
    await new Servers(catalogue, model).load(former.name, former.path);
  }
  file.refuseIfChanged();
  const record: HistoryRecord = {
    at: options.now().toISOString(),
    action: 'rolled_back',
    role,
    model: model.name,
    from: current,
    to: former,
  };
  history.add(record);
  file.replace(text);
  return record;
}
