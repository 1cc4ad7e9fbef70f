import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, startChild } from './child.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';

const folder = fileURLToPath(new URL('../../', import.meta.url));

interface Program {
  /** From the root of the build, or absolute. */
  file: string;
  args?: readonly string[];
  env?: NodeJS.ProcessEnv;
  ready?: RegExp;
}

/** The processes of one subject, by the name of the part that each is. */
export class Processes {
  readonly pids: Record<string, number> = {};
  private readonly closers: (() => Promise<unknown>)[] = [];

  /** @param profiles folder for a CPU profile of each program; none if null */
  constructor(private readonly profiles: string | null) {}

  async startRedis(): Promise<string> {
    return this.keep('redis', await startRedis()).url;
  }

  async startPostgres(): Promise<string> {
    return this.keep('postgres', await startPostgres()).url;
  }

  async start(part: string, { file, args = [], env, ready = /^ready$/mu }: Program): Promise<Child> {
    const profile =
      this.profiles === null
        ? []
        : ['--cpu-prof', `--cpu-prof-dir=${this.profiles}`, `--cpu-prof-name=${part}.cpuprofile`];
    const program = [resolve(folder, file), ...args];
    const child = await startChild(process.execPath, [...profile, ...program], ready, {
      ...process.env,
      ...env,
    });
    this.keep(part, { pid: child.pid, close: child.stop });
    return child;
  }

  /** In the reverse order of their start: who writes to another goes before it. */
  async close(): Promise<void> {
    for (const close of this.closers.toReversed()) await close();
  }

  /** Something else that ends with them. */
  closeWith(close: () => Promise<void>): void {
    this.closers.push(close);
  }

  private keep<T extends { pid: number; close: () => Promise<unknown> }>(part: string, started: T): T {
    this.pids[part] = started.pid;
    this.closers.push(started.close);
    return started;
  }
}
