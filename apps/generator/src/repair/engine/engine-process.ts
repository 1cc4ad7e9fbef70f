import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EngineAnswer, EngineQuestion } from './engine-messages.js';

const here = fileURLToPath(import.meta.url);
const program = here.replace(/engine-process(?=[.][jt]s$)/, 'engine-child');
/** For one statement, and for the process or its transpiler to start on a busy machine. */
const patienceMs = 1_000;
const startPatienceMs = 10_000;

function partOf({ wanted, dialect }: EngineQuestion): string {
  return `${wanted} ${dialect}`;
}

/** Asks one question at a time of a process that is started when needed, and killed when it does not answer. */
export class EngineProcess {
  private child: ChildProcess | undefined;
  private last: Promise<unknown> = Promise.resolve();
  /** What the process has loaded: a first question takes as long as that does. */
  private readonly loaded = new Set<string>();

  /** Null where the process gave no answer in time, or ended over the question. */
  ask(question: EngineQuestion): Promise<EngineAnswer | null> {
    const asked = this.last.then(() => this.askNow(question));
    this.last = asked;
    return asked;
  }

  close(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }

  private askNow(question: EngineQuestion): Promise<EngineAnswer | null> {
    const child = (this.child ??= this.start());
    return new Promise((resolve) => {
      const settle = (answer: EngineAnswer | null): void => {
        clearTimeout(timer);
        if (answer) this.loaded.add(partOf(question));
        child.off('message', settle).off('exit', gone);
        resolve(answer);
      };
      const gone = (): void => settle(null);
      const timer = setTimeout(
        () => {
          this.close();
          settle(null);
        },
        this.loaded.has(partOf(question)) ? patienceMs : startPatienceMs,
      );
      child.on('message', settle).on('exit', gone);
      // A question that cannot be sent has its reason in the exit that follows.
      child.send(question, () => undefined);
    });
  }

  private start(): ChildProcess {
    this.loaded.clear();
    const child = fork(program, {
      env: {},
      execArgv: [
        ...process.execArgv.filter((each) => !each.startsWith('--inspect')),
        '--no-warnings',
        '--max-old-space-size=192',
      ],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.once('error', () => undefined);
    child.once('exit', () => {
      if (this.child === child) this.child = undefined;
    });
    child.unref();
    child.channel?.unref();
    return child;
  }
}
