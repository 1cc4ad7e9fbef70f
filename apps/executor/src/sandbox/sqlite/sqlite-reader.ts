import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { Authorizer } from './authorizer.js';
import type { ChildConfiguration, Refusal, StatementEnd, StatementRequest } from './protocol.js';

type Value = string | number | bigint | null | Uint8Array;

/** Raw size of the cells that go out together. */
const batchSize = 64 * 1024;

export class RefusedError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

/** Which file this is, and for a file opened as unchanging, which content. */
export function fileVersion(file: string, immutable: boolean): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return 'missing';
  const identity = `${stat.dev}:${stat.ino}`;
  return immutable ? `${identity}:${stat.size}:${stat.mtimeMs}:${existsSync(`${file}-wal`)}` : identity;
}

/** A WAL database without a -wal file has no writer; reading it in the usual way would want to create files. */
export function isRestingWal(file: string): boolean {
  const header = Buffer.alloc(20);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return header[18] === 2 && !existsSync(`${file}-wal`);
}

export function openDatabase(
  { file, maxLength }: Pick<ChildConfiguration, 'file' | 'maxLength'>,
  immutable: boolean,
): DatabaseSync {
  const location = pathToFileURL(file);
  if (immutable) location.searchParams.set('immutable', '1');
  const database = new DatabaseSync(location, {
    readOnly: true,
    timeout: 2_000,
    enableDoubleQuotedStringLiterals: false,
    allowExtension: false,
  });
  database.exec(
    'PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA query_only=ON',
  );
  database.exec('PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384');
  database.enableDefensive(true);
  Object.assign(database.limits, {
    length: maxLength,
    sqlLength: 64 * 1024,
    column: 500,
    exprDepth: 200,
    compoundSelect: 50,
    vdbeOp: 250_000,
    functionArg: 100,
    attach: 0,
    likePatternLength: 256,
    variableNumber: 0,
    triggerDepth: 1,
  });
  return database;
}

const gap = /^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))*/;

/** More cells than this are not held at once. */
const mostCells = 1_500_000;

/**
 * Prepares the text for at most one row more than may be kept. Reading all rows at once takes half the time of
 * stepping through them, but must not be asked of a statement without an end.
 */
export function prepareBounded(
  database: DatabaseSync,
  authorizer: Authorizer,
  { sql, maxRows, rowByRow }: StatementRequest,
): { statement: StatementSync; atOnce: boolean } {
  const bounded = rowByRow ? null : boundedText(sql, maxRows + 1);
  if (bounded !== null) {
    try {
      const statement = prepareRead(database, authorizer, bounded);
      if (statement.columns().length * maxRows <= mostCells) return { statement, atOnce: true };
    } catch {
      // It has a limit of its own, or a fault: the text as it came tells.
    }
  }
  return { statement: prepareRead(database, authorizer, sql), atOnce: false };
}

const ownLimit = /\blimit\s+(\d{1,9})(?:\s*,\s*(\d{1,9})|\s+offset\s+\d{1,9})?$/i;

/**
 * The text with at most so many rows, null where that cannot be seen. Behind a text without comments a LIMIT belongs
 * to the whole statement: inside brackets or a string the text would not end there, and a second LIMIT is an error.
 */
export function boundedText(sql: string, rows: number): string | null {
  const text = sql.replace(gap, '').replace(/[\s;]+$/, '');
  if (/--|\/\*/.test(text)) return null;
  const own = ownLimit.exec(text);
  if (!own) return `${text}\nLIMIT ${rows}`;
  return Number(own[2] ?? own[1]) <= rows ? text : null;
}

/** Prepares the text if it is one read and nothing else. SQLite itself decides where a statement ends. */
export function prepareRead(database: DatabaseSync, authorizer: Authorizer, sql: string): StatementSync {
  const start = sql.replace(gap, '');
  if (start === '') throw new RefusedError('empty');
  if (!/^(select|with|values)\b/i.test(start)) throw new RefusedError('not_a_read');
  authorizer.begin(sql);
  const statement = database.prepare(start);
  const prepared = statement.sourceSQL;
  if (!start.startsWith(prepared) || start.slice(prepared.length).replace(gap, '') !== '')
    throw new RefusedError('several_statements');
  if (statement.columns().length === 0) throw new RefusedError('not_a_read');
  statement.setReturnArrays(true);
  authorizer.prepared(prepared);
  return statement;
}

/** Hands over the rows in batches, each a JSON array of rows, up to the limits. */
export function readRows(
  { statement, atOnce }: { statement: StatementSync; atOnce: boolean },
  { maxRows, maxBytes }: Pick<StatementRequest, 'maxRows' | 'maxBytes'>,
  onBatch: (json: Buffer, rows: number) => void,
): StatementEnd {
  let batch: Value[][] = [];
  let size = 0;
  let rows = 0;
  let bytes = 0;
  const flush = (): boolean => {
    if (batch.length === 0) return true;
    const { json, count } = fitting(batch, maxBytes - bytes);
    if (json === null && bytes === 0) throw new RefusedError('row_too_large');
    if (json !== null) onBatch(json, count);
    bytes += json?.length ?? 0;
    rows += count;
    const complete = count === batch.length;
    batch = [];
    size = 0;
    return complete;
  };
  const end = (truncated: StatementEnd['truncated']): StatementEnd => ({ truncated });
  const source = (atOnce ? statement.all() : statement.iterate()) as Iterable<unknown> as Iterable<Value[]>;
  for (const row of source) {
    if (rows + batch.length === maxRows) return end(flush() ? 'rows' : 'bytes');
    const rowSize = makePortable(row, maxBytes);
    if (rowSize > maxBytes) {
      flush();
      if (bytes === 0) throw new RefusedError('row_too_large');
      return end('bytes');
    }
    size += rowSize;
    batch.push(row);
    if (size >= batchSize && !flush()) return end('bytes');
  }
  const complete = flush();
  return end(complete ? null : 'bytes');
}

/** As many of the rows as fit, as JSON; null when not one does. */
function fitting(batch: Value[][], maxBytes: number): { json: Buffer | null; count: number } {
  const whole = Buffer.from(JSON.stringify(batch));
  if (whole.length <= maxBytes) return { json: whole, count: batch.length };
  const texts: string[] = [];
  let bytes = 1;
  for (const row of batch) {
    const text = JSON.stringify(row);
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > maxBytes) break;
    texts.push(text);
  }
  return { json: texts.length === 0 ? null : Buffer.from(`[${texts.join(',')}]`), count: texts.length };
}

/** Turns the cells into what JSON carries. Returns their raw size; past the limit it stops before it copies. */
function makePortable(row: Value[], maxBytes: number): number {
  let size = 0;
  for (let index = 0; index < row.length; index += 1) {
    const value = row[index] ?? null;
    size += 8;
    if (typeof value === 'string') size += value.length;
    else if (typeof value === 'number') {
      if (!Number.isFinite(value)) row[index] = String(value);
    } else if (typeof value === 'bigint') row[index] = portableInteger(value);
    else if (value !== null) {
      size += value.byteLength;
      if (size > maxBytes) return size;
      row[index] = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
    }
  }
  return size;
}

function portableInteger(value: bigint): number | string {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : String(value);
}
