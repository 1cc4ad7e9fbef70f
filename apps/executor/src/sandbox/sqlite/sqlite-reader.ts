import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { Authorizer } from './authorizer.js';
import type { Value } from './json-bytes.js';
import type { Outbox } from './outbox.js';
import type { ChildConfiguration, Refusal, StatementEnd, StatementRequest } from './protocol.js';

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

/** Hands over the rows up to the limits. */
export function readRows(
  { statement, atOnce }: { statement: StatementSync; atOnce: boolean },
  { maxRows, maxBytes }: Pick<StatementRequest, 'maxRows' | 'maxBytes'>,
  outbox: Pick<Outbox, 'beginRows' | 'addRow'>,
): StatementEnd {
  outbox.beginRows(maxBytes);
  let rows = 0;
  const source = (atOnce ? statement.all() : statement.iterate()) as Iterable<unknown> as Iterable<Value[]>;
  for (const row of source) {
    if (rows === maxRows) return { truncated: 'rows' };
    if (!outbox.addRow(row)) {
      if (rows === 0) throw new RefusedError('row_too_large');
      return { truncated: 'bytes' };
    }
    rows += 1;
  }
  return { truncated: null };
}
