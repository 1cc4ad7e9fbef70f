import type { Duplex } from 'node:stream';
import type { Connection, ConnectionOptions, FieldPacket } from 'mysql2';
import type { ResultSet } from '#shared/contracts/query';
import { EncodedResult } from '#shared/results/encoded-result';
import { RowBatches } from '../row-batches.js';
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
  /** Whether the connection was cut. */
  private broken = false;
  private readonly rows: RowBatches;
  private columns: ResultSet['columns'] = [];
  private rawBytes = 0;
  private stopped: 'timeout' | 'aborted' | 'flooded' | null = null;
  private ended = false;
  private readonly stream: Duplex;

  constructor(
    private readonly connection: Connection,
    private readonly options: ConnectionOptions,
    private readonly limits: StatementLimits,
  ) {
    this.rows = new RowBatches(limits);
    this.stream = (connection as unknown as { stream: Duplex }).stream;
  }

  /** A connection whose statement was stopped is not: what asks the server to stop may come late, and meet the next one. */
  get reusable(): boolean {
    return !this.broken && this.stopped === null;
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
      if (this.stopped === null) {
        this.rows.close();
        throw error;
      }
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
    if (this.rows.firstWasTooLarge) return { kind: 'row_too_large' };
    const result = new EncodedResult(this.columns, this.rows.end(), this.rows.truncated);
    return { kind: 'rows', result, warnings, cost };
  }

  /** The prepared protocol takes one statement only. */
  private execute(sql: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const running = this.connection.execute({ sql, rowsAsArray: true });
    running.on('fields', (fields: FieldPacket[]) => (this.columns = fields.map(columnOf)));
    running.on('result', (row: unknown) => {
      if (Array.isArray(row)) this.rows.accept(row.map(cellOf));
      // Enough: the rest would only be read to be thrown away.
      if (this.rows.truncated !== null) this.cut('flooded');
      if (this.broken) resolve();
    });
    running.on('error', reject);
    running.on('end', resolve);
    // A connection that was cut says nothing more.
    const closed = (): void => resolve();
    this.stream.once('close', closed);
    return promise.finally(() => this.stream.off('close', closed));
  }

  /** A giant value would be put together in memory before anyone could look at it. */
  private count(chunk: Buffer): void {
    this.rawBytes += chunk.length;
    if (this.rawBytes <= this.limits.maxBytes * 2 + slackBytes) return;
    this.rows.truncated ??= 'bytes';
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
