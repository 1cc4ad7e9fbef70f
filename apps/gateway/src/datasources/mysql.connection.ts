import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { mysqlOptions } from '#shared/databases/mysql-options';
import { describeError, isAppError, permanent } from '#shared/errors/app-error';
import type { CheckedConnection } from './checked-connection.js';
import { refusePrivileged } from './privileged-role.js';

/** Privileges that read and nothing else. */
const harmless: ReadonlySet<string> = new Set(['USAGE', 'SELECT', 'SHOW VIEW', 'SHOW DATABASES']);

export async function checkMysql(url: string, allowPrivileged: boolean): Promise<CheckedConnection> {
  if (!/^mysql:\/\/./.test(url) || !URL.canParse(url) || new URL(url).pathname.length < 2)
    throw permanent('invalid_request', 'connection.url: expected mysql://user:password@host:port/database');
  let connection: Connection | undefined;
  try {
    connection = await createConnection(mysqlOptions(url));
    connection.on('error', () => undefined);
    await connection.query('SELECT 1');
    if (!allowPrivileged) await checkUser(connection, new URL(url));
  } catch (error) {
    if (isAppError(error)) throw error;
    throw permanent('connection_failed', `The database refused the connection: ${describeError(error)}`, {
      cause: error,
    });
  } finally {
    connection?.destroy();
  }
  const { hostname, port, pathname, username } = new URL(url);
  return {
    connection: { dialect: 'mysql', url },
    location: `mysql://${username}@${hostname}:${port || '3306'}${pathname}`,
  };
}

async function checkUser(connection: Connection, { username, pathname }: URL): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>({
    sql: 'SHOW GRANTS FOR CURRENT_USER',
    rowsAsArray: true,
  });
  const grants = (rows as unknown as unknown[][]).map(([grant]) => String(grant));
  const excess = grants.flatMap(excessOf);
  if (excess.length === 0) return;
  const user = decodeURIComponent(username);
  const isAdministrator = excess.some(({ privileges }) => /^ALL\b/.test(privileges));
  const what = excess.map(({ privileges, object }) => `${privileges} on ${object}`).join('; ');
  const mend = isAdministrator
    ? [
        `CREATE USER 'nano_reader'@'%' IDENTIFIED BY '…';`,
        `GRANT SELECT, SHOW VIEW ON \`${decodeURIComponent(pathname.slice(1)).replaceAll('`', '``')}\`.* TO 'nano_reader'@'%';`,
      ]
    : excess.map(({ privileges, object, account }) => `REVOKE ${privileges} ON ${object} FROM ${account};`);
  refusePrivileged(`The user ${user} may do more than read: ${what}.`, mend);
}

interface Excess {
  privileges: string;
  object: string;
  account: string;
}

/** What a line of SHOW GRANTS gives beyond reading. */
export function excessOf(grant: string): Excess[] {
  const parts = /^GRANT (.+?) ON (.+?) TO (\S+)/.exec(grant);
  // A role's own privileges are listed in lines of their own.
  if (!parts) return [];
  const [, list = '', object = '', account = ''] = parts;
  const privileges = list
    .replaceAll(/\([^)]*\)/g, '')
    .split(',')
    .map((privilege) => privilege.trim())
    .filter((privilege) => !harmless.has(privilege.toUpperCase()));
  return privileges.length === 0 ? [] : [{ privileges: privileges.join(', '), object, account }];
}
