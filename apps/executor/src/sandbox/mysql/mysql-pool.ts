import type { Connection, ConnectionOptions } from 'mysql2';
import { mysqlOptions } from '#shared/databases/mysql-options';
import type { PoolUsage } from '../pools.js';
import { connectMysql } from './mysql-connection.js';
import { loadMysqlServer, type MysqlServer } from './mysql-server.js';

const factsLastMs = 5 * 60_000;
const idleMs = 60_000;

interface Waiter {
  resolve: () => void;
  reject: (reason: unknown) => void;
}

/** The connections of one datasource, with what is known of its server. */
export class MysqlPool {
  lastUsed = performance.now();
  readonly options: ConnectionOptions;
  private readonly idle: { connection: Connection; since: number }[] = [];
  private readonly waiting: Waiter[] = [];
  private running = 0;
  private closed = false;
  private server: { value: Promise<MysqlServer>; loadedAt: number } | null = null;

  constructor(
    url: string,
    private readonly maxRunning: number,
  ) {
    this.options = mysqlOptions(url);
  }

  get usage(): PoolUsage {
    return { busy: this.running, idle: this.idle.length, waiting: this.waiting.length };
  }

  /** Runs `work` on a connection of its own; it says whether the connection may be used again. */
  async use<T>(
    signal: AbortSignal,
    work: (connection: Connection) => Promise<{ value: T; reusable: boolean }>,
  ) {
    await this.turn(signal);
    let connection: Connection | undefined;
    let reusable = false;
    try {
      connection = this.idle.pop()?.connection ?? (await connectMysql(this.options));
      const done = await work(connection);
      reusable = done.reusable;
      return done.value;
    } finally {
      if (connection) this.giveBack(connection, reusable);
      this.running -= 1;
      this.waiting.shift()?.resolve();
    }
  }

  serverOf(signal: AbortSignal): Promise<MysqlServer> {
    const now = performance.now();
    if (this.server && now - this.server.loadedAt < factsLastMs) return this.server.value;
    const value = this.use(signal, async (connection) => ({
      value: await loadMysqlServer(connection),
      reusable: true,
    }));
    this.server = { value, loadedAt: now };
    value.catch(() => (this.server = null));
    return value;
  }

  close(): void {
    this.closed = true;
    for (const { connection } of this.idle.splice(0)) connection.destroy();
  }

  private async turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.lastUsed = performance.now();
    if (this.running >= this.maxRunning) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const waiter = { resolve, reject };
      this.waiting.push(waiter);
      const abort = (): void => {
        const index = this.waiting.indexOf(waiter);
        if (index >= 0) this.waiting.splice(index, 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      await promise.finally(() => signal.removeEventListener('abort', abort));
    }
    this.running += 1;
    this.dropStale();
  }

  private giveBack(connection: Connection, reusable: boolean): void {
    if (reusable && !this.closed) this.idle.push({ connection, since: performance.now() });
    else connection.destroy();
  }

  private dropStale(): void {
    const oldest = performance.now() - idleMs;
    while (this.idle[0] && this.idle[0].since < oldest) this.idle.shift()?.connection.destroy();
  }
}
