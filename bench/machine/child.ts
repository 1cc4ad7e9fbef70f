import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 30_000;
const outputKept = 8_000;

export interface Child {
  pid: number;
  process: ChildProcess;
  /** What the line it was waited for says in its first group. */
  said: string;
  /** Tells it to stop and waits for the end, in which it is killed at last. Resolves to its exit code; null when it was killed. */
  stop(): Promise<number | null>;
}

const running = new Set<ChildProcess>();
// A bench that ends by an error leaves nothing behind.
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts a program and waits until its output tells that it is ready. If it ends before it is stopped, so does the bench. */
export async function startChild(
  command: string,
  args: readonly string[],
  ready: RegExp,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Child> {
  const stdio: SpawnOptions['stdio'] = ['ignore', 'pipe', 'pipe', 'ipc'];
  const child = spawn(command, args, { stdio, env });
  running.add(child);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  void ended.then(() => running.delete(child));
  const name = [command, ...args].join(' ');
  const said = await untilSaid(child, ready, name);
  const fail = () => {
    throw new Error(`${name} ended in the middle of the measurement.`);
  };
  child.once('exit', fail);
  const stop = async () => {
    child.off('exit', fail);
    child.kill('SIGTERM');
    if ((await Promise.race([ended, sleep(patienceMs, 'late', { ref: false })])) === 'late')
      child.kill('SIGKILL');
    await ended;
    return child.exitCode;
  };
  return { pid: child.pid ?? 0, process: child, said, stop };
}

function untilSaid(child: ChildProcess, ready: RegExp, name: string): Promise<string> {
  let output = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const fail = (how: string) => reject(new Error(`${name} ${how}\n${output}`));
  const patience = setTimeout(() => fail('is not ready in time'), patienceMs);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-outputKept);
      const match = ready.exec(output);
      if (match) resolve(match[1] ?? '');
    });
  }
  child.once('error', (error) => fail(`cannot be started: ${error.message}`));
  child.once('exit', (code, signal) => fail(`ended (${signal ?? code})`));
  return promise.finally(() => clearTimeout(patience));
}
