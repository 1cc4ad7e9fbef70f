import { open, realpath } from 'node:fs/promises';
import { isAbsolute, sep } from 'node:path';
import pg from 'pg';
import type { Connection } from '#shared/contracts/datasource';
import { describeError, permanent } from '#shared/errors/app-error';

const sqliteHeader = 'SQLite format 3\0';
const connectTimeoutMs = 5_000;

/**
 * Makes sure at registration that the database is there, and names it without credentials.
 * @returns the connection as it is stored: file paths resolved, so that a later symlink changes nothing
 * @throws AppError `sqlite_file_not_allowed`, `connection_failed` or `invalid_request`
 */
export function checkConnection(
  connection: Connection,
  sqliteRoot: string | undefined,
): Promise<{ connection: Connection; location: string }> {
  switch (connection.dialect) {
    case 'sqlite':
      return checkSqlite(connection.file, sqliteRoot);
    case 'postgres':
      return checkPostgres(connection.url);
  }
}

async function checkSqlite(file: string, root: string | undefined) {
  if (!isAbsolute(file))
    throw permanent('sqlite_file_not_allowed', 'The path of the SQLite file must be absolute.');
  const resolved = await realpath(file).catch((error: unknown) => {
    throw permanent('sqlite_file_not_allowed', `The SQLite file cannot be found: ${describeError(error)}`);
  });
  if (root !== undefined && !resolved.startsWith((await realpath(root)) + sep))
    throw permanent('sqlite_file_not_allowed', 'The SQLite file lies outside SQLITE_ROOT.');
  if ((await firstBytes(resolved)) !== sqliteHeader)
    throw permanent('sqlite_file_not_allowed', 'The file is no SQLite database.');
  return { connection: { dialect: 'sqlite' as const, file: resolved }, location: resolved };
}

async function firstBytes(file: string): Promise<string> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw permanent('sqlite_file_not_allowed', `The SQLite file cannot be read: ${describeError(error)}`);
  });
  try {
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(sqliteHeader.length),
      0,
      sqliteHeader.length,
      0,
    );
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function checkPostgres(url: string) {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    throw permanent(
      'invalid_request',
      'connection.url: expected postgres://user:password@host:port/database',
    );
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
  } catch (error) {
    throw permanent('connection_failed', `The database refused the connection: ${describeError(error)}`, {
      cause: error,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
  const { hostname, port, pathname, username } = new URL(url);
  return {
    connection: { dialect: 'postgres' as const, url },
    location: `postgres://${username}@${hostname}:${port || '5432'}${pathname}`,
  };
}
