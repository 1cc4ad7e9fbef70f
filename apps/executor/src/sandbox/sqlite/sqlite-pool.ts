import { availableParallelism } from 'node:os';
import type { Isolation } from '../isolation/isolation.js';
import type { PoolUsage } from '../pools.js';
import type { ChildConfiguration, StatementRequest } from './protocol.js';
import { demote, Demotion } from './demotion.js';
import { SqliteProcess, type ChildAnswer } from './sqlite-process.js';

export interface PoolLimits {
  /** Statements of one datasource at once; more wait. */
  maxRunning: number;
  /** Statements after which a process is replaced. */
  recycleAfter: number;
}

/** A datasource whose statements needed more than their share of CPU makes way from the start for this long. */
const penaltyMs = 5_000;
/** So many statements of such a datasource run at once: the other half of the processors is for those of the others. */
const penalisedRunning = Math.max(1, Math.floor(availableParallelism() / 2));

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
  private demotedAt = -Infinity;
  private quiet: NodeJS.Timeout | undefined;

  constructor(
    private readonly isolation: Isolation,
    private readonly configuration: ChildConfiguration,
    private readonly limits: PoolLimits,
  ) {
    this.prepareSpare();
  }

  get usage(): PoolUsage {
    return { busy: this.busy.size, idle: this.idle.length, waiting: this.waiting.length };
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
    try {
      await process.opened;
      return await this.watched(process, process.run(request, timeoutMs, signal));
    } finally {
      this.giveBack(process);
    }
  }

  /** The process has its orders already: looking at its clock takes no time from the statement. */
  private async watched(process: SqliteProcess, answer: Promise<ChildAnswer>): Promise<ChildAnswer> {
    const demotion = new Demotion(process);
    try {
      return await answer;
    } finally {
      if (demotion.end()) this.demotedAt = performance.now();
    }
  }

  private async take(signal: AbortSignal): Promise<SqliteProcess> {
    signal.throwIfAborted();
    this.lastUsed = performance.now();
    if (this.busy.size < this.mostRunning) return this.start();
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
    process ??= this.startProcess();
    this.busy.add(process);
    this.prepareSpare();
    return process;
  }

  private giveBack(process: SqliteProcess): void {
    this.busy.delete(process);
    const worn = (process.demoted && !this.isPenalised) || process.statements >= this.limits.recycleAfter;
    if (!process.alive || worn || this.closed) process.kill();
    else this.idle.push(process);
    if (this.closed) return;
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.discard(this.idle.splice(1)), quietMs).unref();
    this.prepareSpare();
    while (this.busy.size < this.mostRunning) {
      const waiter = this.waiting.shift();
      if (!waiter) return;
      waiter.resolve(this.start());
    }
  }

  private prepareSpare(): void {
    if (this.closed || this.idle.some((process) => process.alive) || this.busy.size >= this.limits.maxRunning)
      return;
    this.idle.push(this.startProcess());
  }

  private get mostRunning(): number {
    const { maxRunning } = this.limits;
    return this.isPenalised ? Math.min(maxRunning, penalisedRunning) : maxRunning;
  }

  private get isPenalised(): boolean {
    return performance.now() - this.demotedAt < penaltyMs;
  }

  /** Starting costs CPU time too: one that follows a demoted process starts where that one ended. */
  private startProcess(): SqliteProcess {
    const process = new SqliteProcess(this.isolation, this.configuration);
    if (this.isPenalised) demote(process);
    return process;
  }

  private discard(processes: readonly SqliteProcess[]): void {
    for (const process of processes) process.kill();
  }
}
