import type { ConnectionOptions } from 'mysql2';
import { permanent } from '../errors/app-error.js';

const connectTimeoutMs = 5_000;

/**
 * What the URL may say: where, who, which database, and `ssl-mode`. Other parameters of a URL are the driver's
 * settings, and none of them may undo what keeps a connection harmless.
 * @throws AppError `database_unreachable`
 */
export function mysqlOptions(url: string): ConnectionOptions {
  if (!URL.canParse(url)) throw permanent('database_unreachable', 'The MySQL URL cannot be read.');
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const ssl = searchParams.get('ssl-mode') ?? searchParams.get('sslmode') ?? 'disabled';
  return {
    host: decodeURIComponent(hostname.replace(/^\[|\]$/g, '')),
    port: port === '' ? 3306 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    ...(!/^disabled?$/i.test(ssl) && { ssl: { rejectUnauthorized: /^verify/i.test(ssl) } }),
    charset: 'utf8mb4',
    connectTimeout: connectTimeoutMs,
    flags: ['-LOCAL_FILES', '-MULTI_STATEMENTS'],
    multipleStatements: false,
    // Both are needed: a column named `__proto__` breaks the connection otherwise.
    rowsAsArray: true,
    disableEval: true,
    supportBigNumbers: true,
    dateStrings: true,
    jsonStrings: true,
    maxPreparedStatements: 1,
  };
}

/** Errors of the server and the system after which the same may work again. */
const transientCodes: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'],
  ...['PROTOCOL_CONNECTION_LOST', 'ER_CON_COUNT_ERROR', 'ER_SERVER_SHUTDOWN', 'ER_LOCK_DEADLOCK'],
]);

export function isTransientMysqlError(error: unknown): boolean {
  return error instanceof Error && transientCodes.has((error as { code?: string }).code ?? '');
}
