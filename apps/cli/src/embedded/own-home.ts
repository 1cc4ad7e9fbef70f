import { chmodSync, existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliConfig } from '../config.js';
import { homeOf } from './home.js';
import { takeLock } from './lock.js';
import { removePostgres } from './postgres.js';

const prefix = 'nano-own-';

/** The same configuration on a new home, that is removed afterwards: neither the user's datasources nor a service of theirs take part. */
export async function inOwnHome<T>(
  config: CliConfig,
  work: (own: CliConfig) => Promise<T>,
  folder = tmpdir(),
): Promise<T> {
  await removeAbandoned(folder);
  const home = mkdtempSync(join(folder, prefix));
  // Root's PostgreSQL runs as another account, which must be able to pass through.
  if (process.getuid?.() === 0) chmodSync(home, 0o711);
  const lock = takeLock(ownerFile(home));
  // Another process took it for abandoned a moment ago, and takes it away.
  if (lock === null) return inOwnHome(config, work, folder);
  try {
    return await work({ ...config, home, gatewayUrl: undefined });
  } finally {
    await remove(home);
    lock.release();
  }
}

/** Held by the process that a home is for, for as long as it lives. */
function ownerFile(home: string): string {
  return join(home, 'owner.db');
}

/** Takes away the homes of processes that were killed, whose PostgreSQL still runs. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of readdirSync(folder).filter((each) => each.startsWith(prefix))) {
    const home = join(folder, name);
    try {
      if (isOurs(home) && existsSync(ownerFile(home))) await removeUnlessOwned(home);
    } catch {
      // Somebody else takes it away at the same time, or the next call does.
    }
  }
}

async function removeUnlessOwned(home: string): Promise<void> {
  const lock = takeLock(ownerFile(home));
  if (lock === null) return;
  try {
    await remove(home);
  } finally {
    lock.release();
  }
}

async function remove(home: string): Promise<void> {
  await removePostgres(homeOf(home));
  rmSync(home, { recursive: true, force: true });
}

/** The folder for temporary files is everybody's. */
function isOurs(home: string): boolean {
  const found = lstatSync(home);
  return found.isDirectory() && found.uid === process.getuid?.();
}
