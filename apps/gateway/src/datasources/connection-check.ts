import type { Connection } from '#shared/contracts/datasource';
import type { CheckedConnection } from './checked-connection.js';
import { checkMysql } from './mysql.connection.js';
import { checkPostgres } from './postgres.connection.js';
import { checkSqlite } from './sqlite.connection.js';

/**
 * Makes sure at registration that the database is there, and names it without credentials.
 * @returns the connection as it is stored: file paths resolved, so that a later symlink changes nothing
 * @throws AppError `sqlite_file_not_allowed`, `connection_failed`, `privileged_role` or `invalid_request`
 */
export function checkConnection(
  connection: Connection,
  sqliteRoot: string | undefined,
  allowPrivileged: boolean,
): Promise<CheckedConnection> {
  switch (connection.dialect) {
    case 'sqlite':
      return checkSqlite(connection.file, sqliteRoot);
    case 'postgres':
      return checkPostgres(connection.url, allowPrivileged);
    case 'mysql':
      return checkMysql(connection.url, allowPrivileged);
  }
}
