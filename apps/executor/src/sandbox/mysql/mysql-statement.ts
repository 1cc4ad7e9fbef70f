import type { Duplex } from 'node:stream';
import type { Connection, ConnectionOptions, FieldPacket } from 'mysql2';
import type { Cell, ResultSet } from '#shared/contracts/query';
import { ask, killQuery } from './mysql-connection.js';
import { cellOf, columnOf } from './mysql-values.js';

export interface StatementLimits {
  maxRows: number;
  maxBytes: number;
  timeoutMs: number;
}

export interface Warning {
  code: number;
  message: string;
}

export type StatementEnd =
  | { kind: 'rows'; result: ResultSet; warnings: Warning[]; cost: number | null }
  | { kind: 'timeout' }
  | { kind: 'row_too_large' };

/** Raw bytes may be this much more than the rows' JSON before the connection is cut. */
const slackBytes = 1024 * 1024;
/** A server in the middle of one long function does not hear KILL either; its client does not wait for it. */
const killPatienceMs = 1_000;

/** One prepared statement in a transaction that can only read, on a connection that is its own for that time. */
export class MysqlStatement {
  /** Whether the connection was cut and must not be used again. */
  broken = false;
  private readonly rows: Cell[][] = [];
  private columns: ResultSet['columns'] = [];
  private bytes = 0;
  private rawBytes = 0;
  private truncated: ResultSet['truncated'] = null;
  private stopped: 'timeout' | 'aborted' | 'flooded' | null = null;
  private ended = false;
  private readonly stream: Duplex;

  constructor(
    private readonly connection: Connection,
    private readonly options: ConnectionOptions,
    private readonly limits: StatementLimits,
  ) {
    this.stream = (connection as unknown as { stream: Duplex }).stream;
  }

  /** Throws the server's errors, and the signal's reason once the statement has ended because of it. */
  async run(setup: readonly string[], sql: string, signal: AbortSignal): Promise<StatementEnd> {
    const timer = setTimeout(() => this.stop('timeout'), this.limits.timeoutMs);
    const abort = (): void => this.stop('aborted');
    signal.addEventListener('abort', abort, { once: true });
    const count = (chunk: Buffer): void => this.count(chunk);
    let warnings: Warning[] = [];
    let cost: number | null = null;
    try {
      for (const statement of setup) await ask(this.connection, statement);
      this.stream.on('data', count);
      await this.execute(sql);
      if (this.stopped === null && !this.broken) {
        const listed = await ask(this.connection, 'SHOW WARNINGS');
        warnings = listed.map(([, code, message]) => ({ code: Number(code), message: String(message) }));
        cost =
          Number((await ask(this.connection, "SHOW SESSION STATUS LIKE 'Last_query_cost'"))[0]?.[1] ?? 0) ||
          null;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (this.stopped === null) throw error;
    } finally {
      this.ended = true;
      this.stream.off('data', count);
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
    return this.end(signal, warnings, cost);
  }

  private end(signal: AbortSignal, warnings: Warning[], cost: number | null): StatementEnd {
    if (this.stopped === 'timeout') return { kind: 'timeout' };
    if (this.stopped === 'aborted') throw signal.reason;
    if (this.rows.length === 0 && this.truncated === 'bytes') return { kind: 'row_too_large' };
    const { columns, rows, truncated } = this;
    return { kind: 'rows', result: { columns, rows, truncated }, warnings, cost };
  }

  /** The prepared protocol takes one statement only. */
  private execute(sql: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const running = this.connection.execute({ sql, rowsAsArray: true });
    running.on('fields', (fields: FieldPacket[]) => (this.columns = fields.map(columnOf)));
    running.on('result', (row: unknown) => {
      if (Array.isArray(row)) this.accept(row);
      // Enough: the rest would only be read to be thrown away.
      if (this.truncated !== null) this.cut('flooded');
      if (this.broken) resolve();
    });
    running.on('error', reject);
    running.on('end', resolve);
    // A connection that was cut says nothing more.
    const closed = (): void => resolve();
    this.stream.once('close', closed);
    return promise.finally(() => this.stream.off('close', closed));
  }

  private accept(row: readonly unknown[]): void {
    if (this.truncated !== null) return;
    if (this.rows.length === this.limits.maxRows) {
      this.truncated = 'rows';
      return;
    }
    const cells = row.map(cellOf);
    this.bytes += Buffer.byteLength(JSON.stringify(cells)) + 1;
    if (this.bytes > this.limits.maxBytes) this.truncated = 'bytes';
    else this.rows.push(cells);
  }

  /** A giant value would be put together in memory before anyone could look at it. */
  private count(chunk: Buffer): void {
    this.rawBytes += chunk.length;
    if (this.rawBytes <= this.limits.maxBytes * 2 + slackBytes) return;
    this.truncated ??= 'bytes';
    this.cut('flooded');
  }

  private stop(why: 'timeout' | 'aborted'): void {
    if (this.stopped !== null || this.ended) return;
    this.stopped = why;
    void killQuery(this.options, this.connection.threadId);
    setTimeout(() => {
      if (!this.ended) this.cut(why);
    }, killPatienceMs).unref();
  }

  private cut(why: 'timeout' | 'aborted' | 'flooded'): void {
    if (this.broken) return;
    this.broken = true;
    this.stopped ??= why;
    void killQuery(this.options, this.connection.threadId);
    this.connection.destroy();
    // The driver only says good-bye, which a busy server does not hear.
    this.stream.destroy();
  }
}
