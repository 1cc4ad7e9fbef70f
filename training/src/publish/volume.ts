import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { permanent } from '#shared/errors/app-error';
import { type Adapter, adapterFiles, adapterHash } from './adapter-folder.js';
import { flush } from './durable.js';

/** Digits of the hash in a published name: enough to tell the adapters of a team apart, and to be read. */
const hashDigits = 12;

/** A role as an adapter's name begins with it. */
export const rolePattern = /^[a-z0-9](?:[a-z0-9_.-]{0,60}[a-z0-9])?$/u;

/** What the model server and the catalogue call it. Another content has another name. */
export function publishedName(role: string, sha256: string): string {
  return `${role}-${sha256.slice(0, hashDigits)}`;
}

/** Names that were made of this role. */
export function publishedPattern(role: string): RegExp {
  return new RegExp(`^${RegExp.escape(role)}-[0-9a-f]{${hashDigits}}$`, 'u');
}

/**
 * Copies an adapter to the volume, under its published name, whole or not at all. What is there is never written over.
 * @returns whether it was not there before
 * @throws AppError `invalid_request` where something else bears the name
 */
export async function storeAdapter(adapter: Adapter, volume: string, name: string): Promise<boolean> {
  const place = join(volume, name);
  if (existsSync(place)) {
    await refuseUnlessSame(place, adapter.sha256);
    return false;
  }
  mkdirSync(volume, { recursive: true });
  const partial = mkdtempSync(join(volume, `.${name}-`));
  try {
    for (const file of adapterFiles) {
      copyFileSync(join(adapter.folder, file), join(partial, file), constants.COPYFILE_FICLONE);
      chmodSync(join(partial, file), 0o644);
      flush(join(partial, file));
    }
    // The model server is somebody else.
    chmodSync(partial, 0o755);
    await refuseUnlessSame(partial, adapter.sha256);
    renameSync(partial, place);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(place)) throw error;
    // Another publication of the same adapter was faster.
    await refuseUnlessSame(place, adapter.sha256);
    return false;
  }
  flush(volume);
  return true;
}

/** @throws AppError where the folder of a published name holds other files than the name says */
export async function refuseUnlessNamed(place: string, name: string): Promise<void> {
  const found = await adapterHash(place);
  if (!name.endsWith(`-${found.slice(0, hashDigits)}`))
    throw permanent('invalid_request', `${place} holds other files than its name says: ${found}`);
}

/** @throws AppError where the files are not those that bear the hash */
async function refuseUnlessSame(place: string, sha256: string): Promise<void> {
  const found = await adapterHash(place);
  if (found !== sha256)
    throw permanent(
      'invalid_request',
      `${place} holds other files than its name says: ${found}, not ${sha256}`,
    );
}
