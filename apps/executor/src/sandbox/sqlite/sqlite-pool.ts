import type { Isolation } from '../isolation/isolation.js';
import type { ChildConfiguration, StatementRequest } from './protocol.js';
import { Demotion } from './demotion.js';
import { SqliteProcess, type ChildAnswer } from './sqlite-process.js';

export interface PoolLimits {
  /** Statements of one datasource at once; more wait. */
  maxRunning: number;
  /** Statements after which a process is replaced. */
  recycleAfter: number;
}

/** After this long without a statement, one process is enough to stand by. */
const quietMs = 10_000;

interface Waiter {
  resolve: (process: SqliteProcess) => void;
  reject: (error: unknown) => void;
}

/**
 * The sandbox processes of one datasource. One stands by while others work, so that a statement
 * seldom waits for a start; it is replaced when it is taken, killed or worn out. All that were
 * needed at once stay until the datasource is quiet: a start costs as much as many statements.
 */
export class SqlitePool {
  lastUsed = performance.now();
  private readonly idle: SqliteProcess[] = [];
  private readonly busy = new Set<SqliteProcess>();
  private readonly waiting: Waiter[] = [];
  private closed = false;
  private quiet: NodeJS.Timeout | undefined;

  constructor(
    private readonly isolation: Isolation,
    private readonly configuration: ChildConfiguration,
    private readonly limits: PoolLimits,
  ) {
    this.prepareSpare();
  }

  get isQuiet(): boolean {
    return this.busy.size === 0 && this.waiting.length === 0;
  }

  async run(request: StatementRequest, timeoutMs: number, signal: AbortSignal): Promise<ChildAnswer> {
    const answer = await this.runOnce(request, timeoutMs, signal);
    if (answer.kind !== 'stale') return answer;
    // The spares opened the same old file.
    this.discard(this.idle.splice(0));
    return this.runOnce(request, timeoutMs, signal);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.quiet);
    const all = [...this.idle, ...this.busy];
    this.idle.length = 0;
    for (const process of all) process.kill();
    await Promise.all(all.map((process) => process.exited));
  }

  private async runOnce(
    request: StatementRequest,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<ChildAnswer> {
    const process = await this.take(signal);
    const demotion = new Demotion(process);
    try {
      await process.opened;
      return await process.run(request, timeoutMs, signal);
    } finally {
      demotion.end();
      this.giveBack(process);
    }
  }

  private async take(signal: AbortSignal): Promise<SqliteProcess> {
    signal.throwIfAborted();
    this.lastUsed = performance.now();
    if (this.busy.size < this.limits.maxRunning) return this.start();
    const { promise, resolve, reject } = Promise.withResolvers<SqliteProcess>();
    const waiter = { resolve, reject };
    this.waiting.push(waiter);
    const abort = (): void => {
      const index = this.waiting.indexOf(waiter);
      if (index >= 0) this.waiting.splice(index, 1);
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private start(): SqliteProcess {
    let process = this.idle.pop();
    while (process && !process.alive) process = this.idle.pop();
    process ??= new SqliteProcess(this.isolation, this.configuration);
    this.busy.add(process);
    this.prepareSpare();
    return process;
  }

  private giveBack(process: SqliteProcess): void {
    this.busy.delete(process);
    const worn = process.demoted || process.statements >= this.limits.recycleAfter;
    if (!process.alive || worn || this.closed) process.kill();
    else this.idle.push(process);
    if (this.closed) return;
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.discard(this.idle.splice(1)), quietMs).unref();
    this.prepareSpare();
    const waiter = this.waiting.shift();
    if (waiter) waiter.resolve(this.start());
  }

  private prepareSpare(): void {
    if (this.closed || this.idle.some((process) => process.alive) || this.busy.size >= this.limits.maxRunning)
      return;
    this.idle.push(new SqliteProcess(this.isolation, this.configuration));
  }

  private discard(processes: readonly SqliteProcess[]): void {
    for (const process of processes) process.kill();
  }
}
