import { accessSync, constants, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from '../cli-error.js';

/** The user that PostgreSQL runs as. */
export interface Account {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses uid 0 and looks its own uid up, so root lends it an account of the system; null: run as the caller. */
export function postgresAccount(passwd = '/etc/passwd'): Account | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = readFileSync(passwd, 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter((account) => account.uid > 0);
  const chosen =
    accounts.find(({ name }) => name === 'nobody') ??
    accounts.find(({ name }) => name === 'daemon') ??
    accounts[0];
  if (!chosen)
    throw new CliError('no_account', `PostgreSQL cannot run as root and ${passwd} has no other account`);
  return { uid: chosen.uid, gid: chosen.gid };
}

/** Whether the account can pass through every folder above a path and read the path itself. */
export function isReachable(path: string, account: Account | null): boolean {
  if (account === null) return isReadable(path);
  const real = realpathSync(path);
  if (!allows(real, account, statSync(real).isDirectory() ? 0o5 : 0o4)) return false;
  return foldersAbove(real).every((folder) => allows(folder, account, 0o1));
}

/** Whether the account can pass through a folder and every folder above it. */
export function isPassable(folder: string, account: Account | null): boolean {
  if (account === null) return true;
  const real = realpathSync(folder);
  return [real, ...foldersAbove(real)].every((each) => allows(each, account, 0o1));
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...foldersAbove(above)];
}

function allows(path: string, account: Account, bits: number): boolean {
  const { uid, gid, mode } = lstatSync(path);
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}
