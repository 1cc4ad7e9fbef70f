import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Rows as the JSON text of an array of rows. */
export interface Batch {
  json: Buffer;
  rows: number;
}

/** More than this of one result is kept in a file. */
const keptInMemory = 4 * 1024 * 1024;

/** A result that nobody released must not keep its file for ever. */
const forgotten = new FinalizationRegistry<number>(closeSync);

interface Filed {
  position: number;
  length: number;
  rows: number;
}

/**
 * The batches of one result in order: the first ones in memory, the rest in a file that has no name any more, so that
 * it goes away with its descriptor whatever happens to the process.
 */
export class BatchSpool implements Iterable<Batch> {
  rowCount = 0;
  bytes = 0;
  private kept: Batch[] = [];
  private filed: Filed[] = [];
  private descriptor: number | null = null;
  private fileEnd = 0;

  add(batch: Batch): void {
    this.rowCount += batch.rows;
    this.bytes += batch.json.length;
    if (this.bytes <= keptInMemory) this.kept.push(batch);
    else this.file(batch);
  }

  clear(): void {
    this.close();
    this.kept = [];
    this.filed = [];
    this.rowCount = this.bytes = this.fileEnd = 0;
  }

  *[Symbol.iterator](): Iterator<Batch> {
    yield* this.kept;
    for (const { position, length, rows } of this.filed) {
      const json = Buffer.allocUnsafe(length);
      for (let read = 0; read < length;) {
        const count = readSync(this.descriptor ?? -1, json, read, length - read, position + read);
        if (count === 0) throw new Error('The file of a result is shorter than what was written to it.');
        read += count;
      }
      yield { json, rows };
    }
  }

  /** What is in the file cannot be read after this. */
  close(): void {
    if (this.descriptor === null) return;
    forgotten.unregister(this);
    closeSync(this.descriptor);
    this.descriptor = null;
  }

  private file({ json, rows }: Batch): void {
    const descriptor = this.descriptor ?? this.open();
    for (let written = 0; written < json.length;)
      written += writeSync(descriptor, json, written, json.length - written, this.fileEnd + written);
    this.filed.push({ position: this.fileEnd, length: json.length, rows });
    this.fileEnd += json.length;
  }

  private open(): number {
    const descriptor = openUnnamed();
    forgotten.register(this, descriptor, this);
    return (this.descriptor = descriptor);
  }
}

function openUnnamed(): number {
  const folder = mkdtempSync(join(tmpdir(), 'nano-result-'));
  try {
    return openSync(join(folder, 'rows'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
