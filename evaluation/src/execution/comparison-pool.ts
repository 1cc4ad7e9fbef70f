import { availableParallelism } from 'node:os';
import type { Comparison, StatementComparer, Verdict } from './comparison.js';
import { ComparisonChild, type ChildProgram } from './comparison-child.js';

export interface PoolOptions {
  size?: number;
  /** For each statement; milliseconds. */
  timeoutMs?: number;
  program?: ChildProgram;
}

/** The recorded verdicts of published systems were taken with this limit. */
export const defaultTimeoutMs = 8_000;

const compiledChild: ChildProgram = {
  module: new URL('./child.js', import.meta.url),
  execArgv: ['--no-warnings'],
};

/** Compares statements in several child processes at once: SQLite only. */
export class ComparisonPool implements StatementComparer {
  private readonly children: ComparisonChild[];
  private readonly idle: ComparisonChild[];
  private readonly waiting: ((child: ComparisonChild) => void)[] = [];

  constructor(options: PoolOptions = {}) {
    const { size = availableParallelism(), timeoutMs = defaultTimeoutMs, program = compiledChild } = options;
    this.children = Array.from({ length: size }, () => new ComparisonChild(program, timeoutMs));
    this.idle = [...this.children];
  }

  async compare(comparison: Comparison): Promise<Verdict> {
    const child =
      this.idle.pop() ?? (await new Promise<ComparisonChild>((resolve) => this.waiting.push(resolve)));
    try {
      return await child.compare(comparison);
    } finally {
      const next = this.waiting.shift();
      if (next) next(child);
      else this.idle.push(child);
    }
  }

  close(): void {
    for (const child of this.children) child.stop();
  }
}
