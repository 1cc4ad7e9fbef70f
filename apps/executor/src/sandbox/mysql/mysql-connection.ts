import { type Connection, type ConnectionOptions, createConnection } from 'mysql2';
import { describeError, retryable } from '#shared/errors/app-error';

/** @throws AppError `database_unreachable` */
export function connectMysql(options: ConnectionOptions): Promise<Connection> {
  const connection = createConnection(options);
  // A connection that breaks tells its user by the rejected promise too.
  connection.on('error', () => {});
  return new Promise((resolve, reject) => {
    connection.connect((error) => {
      if (!error) return resolve(connection);
      connection.destroy();
      reject(
        retryable('database_unreachable', `MySQL cannot be reached: ${describeError(error)}.`, {
          cause: error,
        }),
      );
    });
  });
}

/** None of them takes long; a server that falls silent would hold its caller for ever. */
const timeoutMs = 10_000;

/** Our own statements, over the text protocol. */
export function ask(connection: Connection, sql: string): Promise<unknown[][]> {
  return new Promise((resolve, reject) => {
    connection.query({ sql, rowsAsArray: true, timeout: timeoutMs }, (error, rows) => {
      if (error) reject(error);
      else resolve(Array.isArray(rows) ? (rows as unknown as unknown[][]) : []);
    });
  });
}

/** Stops what the connection runs, by a short connection of its own: the client's going away would not. */
export async function killQuery(options: ConnectionOptions, threadId: number): Promise<void> {
  const connection = await connectMysql(options).catch(() => null);
  if (!connection) return;
  // The statement may have ended by now.
  await ask(connection, `KILL QUERY ${threadId}`).catch(() => null);
  connection.end();
}
