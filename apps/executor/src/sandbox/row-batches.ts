import type { Cell, ResultSet } from '#shared/contracts/query';
import { BatchSpool } from '#shared/results/batch-spool';

/** Of rows that go into one batch. */
const batchBytes = 64 * 1024;

/** The rows of a statement as they come, up to its limits; beyond a few MiB they are not in memory. */
export class RowBatches {
  truncated: ResultSet['truncated'] = null;
  rowCount = 0;
  /** Of the rows' JSON, the one included that was too much. */
  bytes = 0;
  private readonly spool = new BatchSpool();
  /** Rows of the next batch, as JSON. */
  private texts: string[] = [];
  private waitingBytes = 0;

  constructor(private readonly limits: { maxRows: number; maxBytes: number }) {}

  accept(row: readonly Cell[]): void {
    if (this.truncated !== null) return;
    if (this.rowCount === this.limits.maxRows) {
      this.truncated = 'rows';
      return;
    }
    const text = JSON.stringify(row);
    const size = Buffer.byteLength(text) + 1;
    this.bytes += size;
    if (this.bytes > this.limits.maxBytes) {
      this.truncated = 'bytes';
      return;
    }
    this.rowCount += 1;
    this.texts.push(text);
    this.waitingBytes += size;
    if (this.waitingBytes >= batchBytes) this.flush();
  }

  /** Whether not even one row fitted. */
  get firstWasTooLarge(): boolean {
    return this.rowCount === 0 && this.truncated === 'bytes';
  }

  /** All of them, for the result to keep. */
  end(): BatchSpool {
    this.flush();
    return this.spool;
  }

  close(): void {
    this.spool.close();
  }

  private flush(): void {
    if (this.texts.length === 0) return;
    this.spool.add({ json: Buffer.from(`[${this.texts.join(',')}]`), rows: this.texts.length });
    this.texts = [];
    this.waitingBytes = 0;
  }
}
