import type { Duplex } from 'node:stream';
import { Pool, type PoolClient } from 'pg';
import { describeError, retryable } from '#shared/errors/app-error';
import type { PoolUsage } from '../pools.js';
import { loadServer, type Server } from './load-server.js';

const connectTimeoutMs = 5_000;
const idleMs = 60_000;
const factsLastMs = 5 * 60_000;
/** A server that falls silent would hold its caller for ever. */
const loadTimeoutMs = 10_000;

/** The connections of one datasource, with what is known of its server. */
export class PostgresPool {
  lastUsed = performance.now();
  private readonly pool: Pool;
  private server: { value: Promise<Server>; loadedAt: number } | null = null;

  constructor(url: string, maxRunning: number) {
    this.pool = new Pool({
      connectionString: url,
      max: maxRunning,
      application_name: 'nano-analyst executor',
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: idleMs,
      allowExitOnIdle: true,
      keepAlive: true,
    });
    // An idle connection that breaks is replaced on the next use.
    this.pool.on('error', () => {});
    // One that breaks in use tells its user by the rejected promise too; unheard, the event would end the process.
    this.pool.on('connect', (client) => client.on('error', () => {}));
  }

  get usage(): PoolUsage {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  /** A connection, waited for no longer than the signal allows. */
  async connect(signal: AbortSignal): Promise<PoolClient> {
    signal.throwIfAborted();
    this.lastUsed = performance.now();
    const connecting = this.pool.connect();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = (): void => {
      connecting.then(
        (client) => client.release(),
        () => {},
      );
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([connecting, aborted]);
    } catch (error) {
      signal.throwIfAborted();
      throw retryable('database_unreachable', `PostgreSQL cannot be reached: ${describeError(error)}.`, {
        cause: error,
      });
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async serverOf(signal: AbortSignal): Promise<Server> {
    if (this.server && performance.now() - this.server.loadedAt < factsLastMs) return this.server.value;
    const client = await this.connect(signal);
    const value = load(client);
    this.server = { value, loadedAt: performance.now() };
    try {
      return await value;
    } catch (error) {
      this.server = null;
      throw retryable(
        'database_unreachable',
        `PostgreSQL's catalogue cannot be read: ${describeError(error)}.`,
        { cause: error },
      );
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

async function load(client: PoolClient): Promise<Server> {
  const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection;
  const patience = setTimeout(() => stream.destroy(), loadTimeoutMs);
  let complete = false;
  try {
    const server = await loadServer(client);
    complete = true;
    return server;
  } finally {
    clearTimeout(patience);
    client.release(!complete);
  }
}
