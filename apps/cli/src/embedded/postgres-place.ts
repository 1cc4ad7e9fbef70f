import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../cli-error.js';
import { isPassable, type Account } from './postgres-account.js';
import type { Home } from './home.js';

/** Tried in order when the account of PostgreSQL cannot reach NANO_HOME, which only happens to root. */
const privateRoots = ['/var/lib', '/var/tmp'];

/** The folder for clusters and copied binaries of a home: in it, or where the account can get at it. */
export function choosePlace(home: Home, account: Account | null, roots = privateRoots): string {
  mkdirSync(home.postgres, { recursive: true });
  if (account) chmodSync(home.postgres, 0o711);
  if (isPassable(home.postgres, account)) return home.postgres;
  const name = createHash('sha256').update(realpathSync(home.folder)).digest('hex').slice(0, 16);
  for (const root of roots) {
    const own = join(root, 'nano-analyst');
    const place = join(own, name);
    if (makeOwnFolder(own) && makeOwnFolder(place) && isPassable(place, account)) return place;
  }
  throw new CliError(
    'home_not_writable',
    `no folder for PostgreSQL that its account can reach: ${roots.join(', ')}`,
  );
}

/** In a folder that all can write to, someone else may have been there first: such a folder is not used. */
function makeOwnFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o711 });
    chmodSync(folder, 0o711);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
  }
  const present = lstatSync(folder);
  return present.isDirectory() && present.uid === process.getuid?.() && (present.mode & 0o022) === 0;
}
