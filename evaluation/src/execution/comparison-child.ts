import { fork, type ChildProcess } from 'node:child_process';
import type { ChildMessage, Comparison, ComparisonFailure, Verdict } from './comparison.js';

export interface ChildProgram {
  module: URL;
  execArgv: string[];
}

/** For a process to start and open a database, on a machine under load. */
const startTimeoutMs = 60_000;

/** Undefined until the first statement starts; the prediction has been prepared by then. */
type RunningStatement = 'gold' | 'predicted' | undefined;

/** A child process and its life: started when needed, killed when a statement does not end, started again. */
export class ComparisonChild {
  private process: ChildProcess | undefined;

  constructor(
    private readonly program: ChildProgram,
    /** For each statement. */
    private readonly timeoutMs: number,
  ) {}

  compare(comparison: Comparison): Promise<Verdict> {
    const child = (this.process ??= this.start());
    let running: RunningStatement;
    let stderr = '';
    const onStderr = (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-500));
    return new Promise((resolve) => {
      const stopAfter = (limitMs: number) =>
        setTimeout(() => {
          this.stop();
          finish(unfinished(running, 'timeout', `stopped after ${limitMs} ms`));
        }, limitMs);
      let timer = stopAfter(startTimeoutMs);
      const onMessage = (message: ChildMessage) => {
        if (message.kind === 'verdict') return finish(message.verdict);
        running = message.statement;
        clearTimeout(timer);
        timer = stopAfter(this.timeoutMs);
      };
      const onExit = (code: number | null, signal: string | null) => {
        finish(unfinished(running, 'crashed', `the process ended (${signal ?? code}) ${stderr}`.trim()));
      };
      const finish = (verdict: Verdict) => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit);
        child.stderr?.off('data', onStderr);
        resolve(verdict);
      };
      child.on('message', onMessage).on('exit', onExit);
      child.stderr?.on('data', onStderr);
      // A message that cannot be sent has its reason in the exit that follows.
      child.send(comparison, () => undefined);
    });
  }

  stop(): void {
    this.process?.kill('SIGKILL');
    this.process = undefined;
  }

  private start(): ChildProcess {
    const { module, execArgv } = this.program;
    const child = fork(module, { execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    child.once('exit', () => {
      if (this.process === child) this.process = undefined;
    });
    return child;
  }
}

function unfinished(running: RunningStatement, kind: ComparisonFailure['kind'], message: string): Verdict {
  const isGold = running === 'gold';
  const failure = isGold
    ? { kind: 'gold' as const, message: `the gold statement: ${message}` }
    : { kind, message };
  return {
    correct: false,
    valid: running !== undefined,
    executes: false,
    failure,
    goldMs: 0,
    predictedMs: 0,
  };
}
