/**
 * The program of a sandbox process: one SQLite file, one statement at a time, rows out.
 *
 * It runs from source and built, so its own modules are found by the extension that it has itself. It reads
 * its orders with blocking calls, having nothing else to do, and leaves when its input ends.
 */
import { readSync, writeSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Authorizer as AuthorizerType } from './authorizer.js';
import type { ChildConfiguration, StatementFailure, StatementRequest } from './protocol.js';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const { Authorizer } = (await import(`./authorizer.${extension}`)) as typeof import('./authorizer.js');
const { fileVersion, isRestingWal, openDatabase, prepareBounded, readRows, RefusedError } = (await import(
  `./sqlite-reader.${extension}`
)) as typeof import('./sqlite-reader.js');

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

/** Messages wait for the end of the statement or for a batch that fills them up, so that a small result is one write. */
class Output {
  private waiting: Buffer[] = [];
  private size = 0;

  add(tag: string, text: string | Buffer = ''): void {
    this.waiting.push(Buffer.from(tag), typeof text === 'string' ? Buffer.from(text) : text, newline);
    this.size += text.length;
    if (this.size >= fullOutput) this.flush();
  }

  flush(): void {
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.size = 0;
    for (let sent = 0; sent < bytes.length;) sent += writeSync(1, bytes, sent);
  }
}

const newline = Buffer.from('\n');
const fullOutput = 16 * 1024;
const output = new Output();

function send(tag: string, text: string | Buffer = ''): void {
  output.add(tag, text);
  output.flush();
}

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
    const forward = (json: Buffer, rows: number): void => output.add(`R${rows}`, json);
    output.add('C', JSON.stringify(columns));
    if (request.prepareOnly) {
      send('E', JSON.stringify({ truncated: null }));
      return;
    }
    try {
      send('E', JSON.stringify(readRows(prepared, request, forward)));
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_OUT_OF_RANGE') throw error;
      // An integer past 2^53: once more with exact integers, which are slower to read.
      statement.setReadBigInts(true);
      output.add('A');
      send('E', JSON.stringify(readRows(prepared, request, forward)));
    }
  } catch (error) {
    send('F', JSON.stringify(failureOf(error, authorizer, running)));
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
    send('X', JSON.stringify(failureOf(error, null, false)));
    return;
  }
  send('O');
  for (const line of lines) {
    if (fileVersion(configuration.file, immutable) !== version) {
      send('S');
      return;
    }
    answer(database, authorizer, JSON.parse(line) as StatementRequest);
  }
}

serve(inputLines());
