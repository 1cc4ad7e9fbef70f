/**
 * The program of a sandbox process: one SQLite file, one statement at a time, rows out.
 *
 * It runs from source and built, so its own modules are found by the extension that it has itself. It reads
 * its orders with blocking calls, having nothing else to do, and leaves when its input ends.
 */
import { readSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Authorizer as AuthorizerType } from './authorizer.js';
import type { ChildConfiguration, StatementFailure, StatementRequest } from './protocol.js';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const { Authorizer } = (await import(`./authorizer.${extension}`)) as typeof import('./authorizer.js');
const { fileVersion, isRestingWal, openDatabase, prepareBounded, readRows, RefusedError } = (await import(
  `./sqlite-reader.${extension}`
)) as typeof import('./sqlite-reader.js');

const { JsonBytes } = (await import(`./json-bytes.${extension}`)) as typeof import('./json-bytes.js');
const { Outbox } = (await import(`./outbox.${extension}`)) as typeof import('./outbox.js');

const codeOfRefusal = -1;

function* inputLines(): Generator<string> {
  const chunk = Buffer.alloc(64 * 1024);
  let rest: Buffer = Buffer.alloc(0);
  for (;;) {
    const end = rest.indexOf(10);
    if (end >= 0) {
      yield rest.toString('utf8', 0, end);
      rest = rest.subarray(end + 1);
      continue;
    }
    const read = readSync(0, chunk);
    if (read === 0) return;
    rest = Buffer.concat([rest, chunk.subarray(0, read)]);
  }
}

const outbox = new Outbox(1, new JsonBytes());

function failureOf(error: unknown, authorizer: AuthorizerType | null, running: boolean): StatementFailure {
  const denial = authorizer?.denial ?? null;
  if (error instanceof RefusedError) return { code: codeOfRefusal, message: error.refusal, denial, running };
  const { errcode = 0, message } = error as Error & { errcode?: number };
  return { code: errcode, message, denial, running };
}

function answer(database: DatabaseSync, authorizer: AuthorizerType, request: StatementRequest): void {
  let running = false;
  try {
    const prepared = prepareBounded(database, authorizer, request);
    const { statement } = prepared;
    running = true;
    const columns = statement.columns().map(({ name, type }) => ({ name, type: type ?? '' }));
    outbox.add('C', columns);
    if (request.prepareOnly) return outbox.send('E', { truncated: null });
    try {
      outbox.send('E', readRows(prepared, request, outbox));
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_OUT_OF_RANGE') throw error;
      // An integer past 2^53: once more with exact integers, which are slower to read.
      statement.setReadBigInts(true);
      outbox.add('A');
      outbox.send('E', readRows(prepared, request, outbox));
    }
  } catch (error) {
    outbox.send('F', failureOf(error, authorizer, running));
  }
}

function serve(lines: Generator<string>): void {
  const first = lines.next();
  if (first.done) return;
  const configuration = JSON.parse(first.value) as ChildConfiguration;
  let database: DatabaseSync;
  let authorizer: AuthorizerType;
  let version: string;
  let immutable: boolean;
  try {
    immutable = isRestingWal(configuration.file);
    version = fileVersion(configuration.file, immutable);
    database = openDatabase(configuration, immutable);
    authorizer = new Authorizer(configuration, database);
    authorizer.install();
  } catch (error) {
    outbox.send('X', failureOf(error, null, false));
    return;
  }
  outbox.send('O');
  for (const line of lines) {
    if (fileVersion(configuration.file, immutable) !== version) {
      outbox.send('S');
      return;
    }
    answer(database, authorizer, JSON.parse(line) as StatementRequest);
  }
}

serve(inputLines());
