import { writeSync } from 'node:fs';
import type { JsonBytes, Value } from './json-bytes.js';

/** A batch of rows is full with this; a little less than what the parent reads at once. */
const batchBytes = 60 * 1024;
/** The number of a batch's rows is known only behind them: its place before them is this wide. */
const countWidth = 8;

/**
 * What a sandbox process has to tell its parent. It waits for a batch that is full or for the end of the
 * statement, so that a small result is one write.
 */
export class Outbox {
  private readonly descriptor: number;
  private readonly out: JsonBytes;
  private batchStart = -1;
  private batchRows = 0;
  private bytesLeft = 0;

  // The program runs from source too, where properties cannot be declared as parameters.
  constructor(descriptor: number, out: JsonBytes) {
    this.descriptor = descriptor;
    this.out = out;
  }

  send(tag: string, content?: object): void {
    this.add(tag, content);
    this.flush();
  }

  add(tag: string, content?: object): void {
    this.endBatch();
    this.out.utf8(`${tag}${content === undefined ? '' : JSON.stringify(content)}\n`);
  }

  /** The JSON of the rows to come may take so many bytes. */
  beginRows(maxBytes: number): void {
    this.endBatch();
    this.bytesLeft = maxBytes;
  }

  /** Adds a row if it fits, and returns whether it did. */
  addRow(row: readonly Value[]): boolean {
    // One for the bracket or the comma before the row, one for the bracket behind the batch.
    const most = this.bytesLeft - (this.batchRows === 0 ? 2 : 1);
    if (this.batchRows === 0) this.startBatch();
    const before = this.out.end;
    if (!this.out.row(row, most, this.batchRows === 0 ? '[' : ',')) {
      this.out.end = this.batchRows === 0 ? this.batchStart : before;
      return false;
    }
    this.bytesLeft -= this.out.end - before + (this.batchRows === 0 ? 1 : 0);
    this.batchRows += 1;
    if (this.out.end - this.batchStart >= batchBytes) this.flush();
    return true;
  }

  private startBatch(): void {
    this.batchStart = this.out.end;
    this.out.utf8(`R${' '.repeat(countWidth)}`);
  }

  private endBatch(): void {
    if (this.batchRows === 0) return;
    this.out.utf8(']\n');
    this.out.bytes.write(String(this.batchRows), this.batchStart + 1);
    this.batchRows = 0;
  }

  private flush(): void {
    this.endBatch();
    const { bytes, end } = this.out;
    for (let sent = 0; sent < end;) sent += writeSync(this.descriptor, bytes, sent, end - sent);
    this.out.clear();
  }
}
