import type { Duplex } from 'node:stream';
import type { PoolClient, QueryResult } from 'pg';
import Cursor from 'pg-cursor';
import type { Cell, ResultSet } from '#shared/contracts/query';
import type { BatchSpool } from '#shared/results/batch-spool';
import { RowBatches } from '../row-batches.js';
import { cancelBackend } from './cancel-backend.js';
import { valueTypes } from './postgres-values.js';

export interface StatementLimits {
  maxRows: number;
  maxBytes: number;
  timeoutMs: number;
}

/** Our own statement that goes before, and what its failure is taken for where that is not the statement's. */
export interface Preparation {
  sql: string;
  failureOf?: (error: unknown) => unknown;
}

export type StatementEnd =
  | {
      kind: 'rows';
      batches: BatchSpool;
      truncated: ResultSet['truncated'];
      fields: QueryResult['fields'];
    }
  | { kind: 'timeout' }
  | { kind: 'row_too_large' };

/** Raw bytes may be this much more than the rows' JSON before the connection is cut. */
const slackBytes = 1024 * 1024;
const cancelPatienceMs = 2_000;
const firstBatch = 100;

/** One statement in a transaction that can only read, on a connection that is its own for that time. */
export class PostgresStatement {
  /** Whether the connection was cut. */
  private broken = false;
  /** Set by the owner once the connection has been given back. */
  finished = false;
  private readonly batches: RowBatches;
  private fields: QueryResult['fields'] = [];
  private rawBytes = 0;
  private stopped: 'timeout' | 'aborted' | 'flooded' | null = null;
  private readonly stream: Duplex;

  constructor(
    private readonly client: PoolClient,
    private readonly limits: StatementLimits,
  ) {
    this.batches = new RowBatches(limits);
    this.stream = (client as unknown as { connection: { stream: Duplex } }).connection.stream;
  }

  /** A connection whose statement was stopped is not: what asks the server to stop may come late, and meet the next one. */
  get reusable(): boolean {
    return !this.broken && this.stopped === null;
  }

  /** Throws the server's errors, and the signal's reason once the statement has ended because of it. */
  async run(setup: readonly Preparation[], sql: string, signal: AbortSignal): Promise<StatementEnd> {
    const timer = setTimeout(() => this.stop('timeout'), this.limits.timeoutMs);
    const abort = (): void => this.stop('aborted');
    signal.addEventListener('abort', abort, { once: true });
    const count = (chunk: Buffer): void => this.count(chunk);
    try {
      for (const { sql: statement, failureOf } of setup)
        await this.client.query(statement).catch((error: unknown) => {
          throw failureOf ? failureOf(error) : error;
        });
      this.stream.on('data', count);
      await this.read(sql);
    } catch (error) {
      signal.throwIfAborted();
      if (this.stopped === null) {
        this.batches.close();
        throw error;
      }
    } finally {
      this.stream.off('data', count);
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
    return this.end(signal);
  }

  private end(signal: AbortSignal): StatementEnd {
    if (this.stopped === 'timeout') return { kind: 'timeout' };
    if (this.stopped === 'aborted') throw signal.reason;
    if (this.stopped === 'flooded') this.batches.truncated = 'bytes';
    if (this.batches.firstWasTooLarge) return { kind: 'row_too_large' };
    const { truncated } = this.batches;
    return { kind: 'rows', batches: this.batches.end(), truncated, fields: this.fields };
  }

  private async read(sql: string): Promise<void> {
    const cursor = this.client.query(new Cursor<Cell[]>(sql, [], { rowMode: 'array', types: valueTypes }));
    cursor.on('row', (row: Cell[], result: QueryResult) => {
      this.fields = result.fields;
      this.batches.accept(row);
    });
    for (
      let size = firstBatch;
      this.batches.truncated === null && this.stopped === null;
      size = this.nextBatch(size)
    ) {
      const { rows, result } = await readBatch(cursor, size);
      this.fields = result.fields;
      if (rows.length < size) return;
    }
    if (!this.broken) await cursor.close();
  }

  /** Large batches save round trips; one is not to hold much more than may still come. */
  private nextBatch(size: number): number {
    const { bytes, rowCount } = this.batches;
    const average = bytes / Math.max(1, rowCount);
    const room = (this.limits.maxBytes - bytes) / Math.max(1, average);
    const left = this.limits.maxRows - rowCount + 1;
    return Math.max(1, Math.ceil(Math.min(size * 10, 5_000, left, room + 1)));
  }

  /** One giant value would be put together in memory before anyone could look at it. */
  private count(chunk: Buffer): void {
    this.rawBytes += chunk.length;
    if (this.rawBytes > this.limits.maxBytes * 2 + slackBytes) this.cut('flooded');
  }

  private stop(why: 'timeout' | 'aborted'): void {
    if (this.stopped !== null) return;
    this.stopped = why;
    cancelBackend(this.client);
    setTimeout(() => this.cutIfStuck(why), cancelPatienceMs).unref();
  }

  private cutIfStuck(why: 'timeout' | 'aborted'): void {
    if (!this.finished) this.cut(why);
  }

  private cut(why: 'timeout' | 'aborted' | 'flooded'): void {
    if (this.broken) return;
    this.broken = true;
    this.stopped ??= why;
    if (why === 'flooded') cancelBackend(this.client);
    this.stream.destroy();
  }
}

function readBatch(cursor: Cursor<Cell[]>, size: number): Promise<{ rows: Cell[][]; result: QueryResult }> {
  return new Promise((resolve, reject) => {
    cursor.read(size, (error, rows, result) => {
      if (error) reject(error);
      else resolve({ rows, result });
    });
  });
}
