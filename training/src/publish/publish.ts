import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, posix } from 'node:path';
import { permanent } from '#shared/errors/app-error';
import type { ModelCatalogue } from '#shared/models/catalogue';
import { type Adapter, readAdapter } from './adapter-folder.js';
import { CatalogueFile, type Change } from './catalogue-file.js';
import { type Evaluation, History, type HistoryRecord } from './history.js';
import { roleIn } from './role.js';
import { Servers } from './servers.js';
import { publishedName, storeAdapter } from './volume.js';

export interface PublishOptions {
  /** As the training exports it. */
  adapter: string;
  /** What published names begin with: the adapter in use under the same one gives way. */
  role: string;
  /** The adapters' volume as it is mounted here, and as the model servers see it. */
  volume: string;
  served: string;
  catalogueFile: string;
  /** @throws ConfigurationError */
  readCatalogue: (file: string) => ModelCatalogue;
  /** Model of the catalogue that it is for; undefined where there is one only. */
  model: string | undefined;
  /** Largest rank that the model server takes. */
  maxRank: number;
  /** Share of the questions that may be lost. */
  allowedLoss: number;
  /** Asks the questions with either catalogue; null when interrupted. */
  evaluate: (catalogues: { before: string; after: string }, adapter: string) => Promise<Evaluation | null>;
  say: (line: string) => void;
  now: () => Date;
}

/**
 * Puts an adapter into use if the service does no worse with it: copied, loaded and examined first, and the catalogue switched last.
 * Whatever goes wrong before that leaves the catalogue as it was, and takes the adapter away again.
 * @returns the record of the history, null when interrupted
 * @throws AppError `invalid_request` or `model_refused` that says what stands in the way
 */
export async function publish(options: PublishOptions): Promise<HistoryRecord | null> {
  const { role, volume, say } = options;
  const catalogue = options.readCatalogue(options.catalogueFile);
  const file = new CatalogueFile(options.catalogueFile);
  const { model, current } = roleIn(catalogue, role, options.model);
  const adapter = await readAdapter(options.adapter, options.maxRank);
  const name = publishedName(role, adapter.sha256);
  if (current?.name === name) throw permanent('invalid_request', `${name} is in use already`);
  const to = { name, path: posix.join(options.served, name), template: adapter.template };
  const change: Change = { model: model.name, from: current, to };
  const text = file.changed(change);
  const servers = new Servers(catalogue, model);
  await servers.refuseOtherBase(adapter.base);

  const isNew = await storeAdapter(adapter, volume, name);
  let isPublished = false;
  try {
    say(`${name} is on the volume; the model server loads it …`);
    await servers.load(name, to.path);
    const evaluation = await examined(options, text, name);
    if (!evaluation) return null;
    isPublished = !isWorse(evaluation, options.allowedLoss);
    file.refuseIfChanged();
    const record = recordOf(options, { adapter, change, evaluation, isPublished });
    // Written first: a switch that nobody knows of could not be taken back.
    new History(volume).add(record);
    if (isPublished) file.replace(text);
    return record;
  } catch (error) {
    isPublished = false;
    throw error;
  } finally {
    if (!isPublished) {
      await servers.unload(name);
      if (isNew) rmSync(join(volume, name), { recursive: true, force: true });
    }
  }
}

/** No fewer right than allowed. A difference that may be chance is one all the same: it is not given away. */
function isWorse({ questions, onlyBefore, onlyAfter }: Evaluation, allowedLoss: number): boolean {
  return onlyBefore - onlyAfter > allowedLoss * questions;
}

async function examined(
  { catalogueFile, readCatalogue, evaluate }: PublishOptions,
  text: string,
  name: string,
): Promise<Evaluation | null> {
  const folder = mkdtempSync(join(tmpdir(), 'nano-publish-'));
  try {
    const after = join(folder, basename(catalogueFile));
    writeFileSync(after, text);
    readCatalogue(after);
    const evaluation = await evaluate({ before: catalogueFile, after }, name);
    if (evaluation?.written === 0)
      throw permanent(
        'invalid_request',
        `${name} wrote no answer of the evaluation: ask questions in a dialect that it is for`,
      );
    return evaluation;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Outcome {
  adapter: Adapter;
  change: Change;
  evaluation: Evaluation;
  isPublished: boolean;
}

function recordOf(
  { role, now }: PublishOptions,
  { adapter, change, evaluation, isPublished }: Outcome,
): HistoryRecord {
  return {
    at: now().toISOString(),
    action: isPublished ? 'published' : 'refused',
    role,
    ...change,
    sha256: adapter.sha256,
    dataManifest: adapter.dataManifest,
    evaluation,
  };
}
