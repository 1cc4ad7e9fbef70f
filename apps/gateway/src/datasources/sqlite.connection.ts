import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { isAbsolute, sep } from 'node:path';
import { describeError, permanent } from '#shared/errors/app-error';
import type { CheckedConnection } from './checked-connection.js';

const sqliteHeader = 'SQLite format 3\0';

export async function checkSqlite(file: string, root: string | undefined): Promise<CheckedConnection> {
  if (!isAbsolute(file)) throw refusal('The path of the SQLite file must be absolute.');
  const resolved = await resolve(file, root);
  if ((await firstBytes(resolved)) !== sqliteHeader) throw refusal('The file is no SQLite database.');
  return { connection: { dialect: 'sqlite', file: resolved }, location: resolved };
}

/** Outside the root nobody learns which files there are. */
async function resolve(file: string, root: string | undefined): Promise<string> {
  const resolved = await realpath(file).catch((error: unknown) => {
    if (root !== undefined) return undefined;
    throw refusal(`The SQLite file cannot be found: ${describeError(error)}`);
  });
  const folder = root === undefined ? '' : await realpath(root).catch(() => undefined);
  if (folder === undefined) throw refusal('SQLITE_ROOT, where SQLite files must lie, is no folder.');
  if (resolved === undefined || !resolved.startsWith(folder + sep))
    throw refusal('There is no such SQLite file in SQLITE_ROOT.');
  return resolved;
}

async function firstBytes(file: string): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    // Opening a named pipe would wait for a writer.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await handle.stat()).isFile()) return '';
    const { buffer, bytesRead } = await handle.read({ length: sqliteHeader.length, position: 0 });
    return buffer.toString('latin1', 0, bytesRead);
  } catch (error) {
    throw refusal(`The SQLite file cannot be read: ${describeError(error)}`);
  } finally {
    await handle?.close();
  }
}

function refusal(message: string) {
  return permanent('sqlite_file_not_allowed', message);
}
