import { DatabaseSync } from 'node:sqlite';
import { describeError } from '#shared/errors/app-error';
import { CliError } from '../cli-error.js';

const sqliteBusy = 5;
/** Of two that try at the same moment each is in the other's way until one steps back, which SQLite does only with a timeout. */
const rivalsTimeoutMs = 500;

export interface Lock {
  release(): void;
}

/**
 * Takes the lock of a NANO_HOME, or null while another process holds it.
 * SQLite's file lock is the operating system's own: it goes when its process dies, however it dies.
 */
export function takeLock(file: string): Lock | null {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: rivalsTimeoutMs });
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) return null;
    throw new CliError('home_not_writable', `${file} cannot be locked: ${describeError(error)}`, {
      cause: error,
    });
  }
  const held = database;
  return { release: () => held.close() };
}
