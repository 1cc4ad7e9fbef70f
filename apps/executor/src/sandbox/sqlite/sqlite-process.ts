import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ResultColumn } from '#shared/contracts/query';
import { retryable } from '#shared/errors/app-error';
import { type Batch, BatchSpool } from '#shared/results/batch-spool';
import { EncodedResult } from '#shared/results/encoded-result';
import type { Isolation } from '../isolation/isolation.js';
import type { ChildConfiguration, StatementEnd, StatementFailure, StatementRequest } from './protocol.js';

/** What a child made of one statement. `stale` asks for another child; `crashed` is the statement's doing. */
export type ChildAnswer =
  | { kind: 'rows'; result: EncodedResult }
  | { kind: 'failed'; failure: StatementFailure }
  | { kind: 'timeout' }
  | { kind: 'crashed'; how: string }
  | { kind: 'stale' };

/** Signals by which a process ends itself: out of memory, a crash in native code. Others come from outside. */
const ownSignals: readonly string[] = [
  'SIGABRT',
  'SIGSEGV',
  'SIGTRAP',
  'SIGBUS',
  'SIGILL',
  'SIGFPE',
  'SIGXFSZ',
];

/** A child that sends more than its byte limit and this much besides does not keep to its orders. */
const slackBytes = 1024 * 1024;

/** Starting takes some 40 ms; a file on slow storage may take longer. */
const openTimeoutMs = 15_000;

const here = fileURLToPath(import.meta.url);
const program = join(dirname(here), here.endsWith('.ts') ? 'sqlite-child.ts' : 'sqlite-child.js');

function programFiles(): string[] {
  const files = [dirname(program)];
  for (let folder = dirname(program); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) files.push(join(folder, 'package.json'));
  }
  return files;
}

// Young objects get from the start the place that they would grow into: rows that are still needed are copied less.
const nodeArguments = [
  ...['--openssl-config=/dev/null', '--max-old-space-size=192', '--min-semi-space-size=16', '--no-warnings'],
  program,
];

interface Running {
  columns: ResultColumn[];
  batches: BatchSpool;
  bytes: number;
  limit: number;
  settle: (answer: ChildAnswer) => void;
  fail: (error: unknown) => void;
}

/** One sandbox process as its parent holds it: opened, then one statement at a time, then killed. */
export class SqliteProcess {
  statements = 0;
  /** Whether it was slowed down to let others pass; it cannot be sped up again. */
  demoted = false;
  alive = true;
  readonly opened: Promise<void>;
  readonly exited: Promise<void>;
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private partial: Buffer[] = [];
  private running: Running | null = null;
  private stderr = '';
  private settleOpened: { resolve: () => void; reject: (error: unknown) => void };

  constructor(isolation: Isolation, configuration: ChildConfiguration) {
    const { file } = configuration;
    const readable = [...programFiles(), file, `${file}-wal`, `${file}-shm`, `${file}-journal`];
    const [command, ...rest] = isolation.wrap([process.execPath, ...nodeArguments], readable);
    this.settleOpened = { resolve: () => {}, reject: () => {} };
    this.opened = new Promise<void>((resolve, reject) => (this.settleOpened = { resolve, reject }));
    this.child = spawn(command, rest, { env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
    this.exited = new Promise((resolve) => this.child.once('close', () => resolve()));
    this.child.once('error', (error) => this.leave(`cannot be started: ${error.message}`, null));
    this.child.once('close', (code, signal) => this.leave(signal ?? `exit ${code}`, signal));
    this.child.stdin.on('error', () => {});
    this.child.stdout.on('data', (chunk: Buffer) => this.receive(chunk));
    this.child.stderr.on(
      'data',
      (chunk: Buffer) => (this.stderr = (this.stderr + chunk.toString()).slice(-2_000)),
    );
    const patience = setTimeout(() => this.kill(), openTimeoutMs);
    // A spare that fails to open is heard of when it is used; before, it must not bring the executor down.
    void this.opened.catch(() => {}).finally(() => clearTimeout(patience));
    this.write(configuration);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Runs a statement. Past the deadline or once aborted the process is killed: nothing less stops SQLite. */
  async run(request: StatementRequest, timeoutMs: number, signal: AbortSignal): Promise<ChildAnswer> {
    signal.throwIfAborted();
    this.statements += 1;
    const { promise, resolve, reject } = Promise.withResolvers<ChildAnswer>();
    this.running = {
      columns: [],
      batches: new BatchSpool(),
      bytes: 0,
      limit: request.maxBytes,
      settle: resolve,
      fail: reject,
    };
    const timer = setTimeout(() => this.end({ kind: 'timeout' }), timeoutMs);
    const abort = (): void => {
      this.running?.batches.close();
      this.running = null;
      this.kill();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    this.write(request);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  kill(): void {
    this.alive = false;
    this.child.kill('SIGKILL');
  }

  private write(message: unknown): void {
    this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** Ends the statement and the process with it. */
  private end(answer: ChildAnswer): void {
    this.settle(answer);
    this.kill();
  }

  private settle(answer: ChildAnswer): void {
    const running = this.running;
    this.running = null;
    if (answer.kind !== 'rows') running?.batches.close();
    running?.settle(answer);
  }

  private leave(how: string, signal: NodeJS.Signals | null): void {
    this.alive = false;
    const details =
      this.stderr.trim() === '' ? how : `${how}: ${this.stderr.trim().split('\n').slice(0, 3).join(' ')}`;
    const error = retryable('sandbox_failed', `The SQLite sandbox process ended (${details}).`);
    this.settleOpened.reject(error);
    if (signal && ownSignals.includes(signal)) this.settle({ kind: 'crashed', how });
    const running = this.running;
    this.running = null;
    running?.batches.close();
    running?.fail(error);
  }

  private receive(chunk: Buffer): void {
    if (this.running && (this.running.bytes += chunk.length) > this.running.limit * 2 + slackBytes) {
      const failure = { code: -1, message: 'row_too_large', denial: null, running: true };
      return this.end({ kind: 'failed', failure });
    }
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const piece = chunk.subarray(start, end);
      const line = this.partial.length === 0 ? piece : Buffer.concat([...this.partial, piece]);
      this.partial = [];
      start = end + 1;
      this.obey(String.fromCharCode(line[0] ?? 0), line);
    }
    if (start < chunk.length) this.partial.push(chunk.subarray(start));
  }

  private obey(tag: string, line: Buffer): void {
    const content = <T>(): T => JSON.parse(line.toString('utf8', 1)) as T;
    switch (tag) {
      case 'O':
        return this.settleOpened.resolve();
      case 'X':
        return this.settleOpened.reject(openFailure(content<StatementFailure>()));
      case 'S':
        return this.end({ kind: 'stale' });
      case 'F':
        return this.settle({ kind: 'failed', failure: content<StatementFailure>() });
    }
    const running = this.running;
    if (!running) return;
    switch (tag) {
      case 'C':
        running.columns = content<ResultColumn[]>();
        return;
      case 'A':
        running.batches.clear();
        running.bytes = 0;
        return;
      case 'R':
        running.batches.add(batchOf(line));
        return;
      case 'E': {
        const { truncated } = content<StatementEnd>();
        const result = new EncodedResult(running.columns, running.batches, truncated);
        return this.settle({ kind: 'rows', result });
      }
    }
  }
}

function batchOf(line: Buffer): Batch {
  const start = line.indexOf('[');
  return { rows: Number(line.toString('latin1', 1, start)), json: line.subarray(start) };
}

function openFailure(failure: StatementFailure): Error {
  return retryable('database_unreachable', `The SQLite file cannot be opened: ${failure.message}.`);
}
