import type { AsCaller } from '#shared/contracts/caller';
import type { Connection } from '#shared/contracts/datasource';
import { permanent } from '#shared/errors/app-error';
import type { CheckedConnection } from './checked-connection.js';
import { checkMysql } from './mysql.connection.js';
import { checkPostgres } from './postgres.connection.js';
import { checkSqlite } from './sqlite.connection.js';

/**
 * Makes sure at registration that the database is there, and names it without credentials.
 * @returns the connection as it is stored: file paths resolved, so that a later symlink changes nothing
 * @throws AppError `sqlite_file_not_allowed`, `connection_failed`, `privileged_role` or `invalid_request`
 */
export async function checkConnection(
  connection: Connection,
  sqliteRoot: string | undefined,
  allowPrivileged: boolean,
  asCaller?: AsCaller,
): Promise<CheckedConnection> {
  if (asCaller && connection.dialect !== 'postgres')
    throw permanent('invalid_request', 'policy.asCaller: only PostgreSQL can run statements as the caller');
  switch (connection.dialect) {
    case 'sqlite':
      return checkSqlite(connection.file, sqliteRoot);
    case 'postgres':
      return checkPostgres(connection.url, allowPrivileged, asCaller);
    case 'mysql':
      return checkMysql(connection.url, allowPrivileged);
  }
}
