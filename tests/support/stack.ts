import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { createEmptyDatabase, type EmptyDatabase, onDatabase } from './database.js';

export type AppName = 'gateway' | 'retriever' | 'generator' | 'executor' | 'baseline';
export type QueueKind = 'redis' | 'postgres';

const root = fileURLToPath(new URL('../../', import.meta.url));
const startTimeoutMs = 75_000;

/** One app as a process of its own. */
export class AppProcess {
  private child: ChildProcess | undefined;
  url = '';
  log = '';

  constructor(
    readonly name: AppName,
    private readonly environment: Record<string, string>,
  ) {}

  async start(): Promise<void> {
    // What the test was started with must not reach the app: only what is given.
    const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
    const child = spawn(process.execPath, [join(root, 'dist/apps', this.name, 'src/main.js')], {
      env: { PATH, HOME, NODE_COMPILE_CACHE, ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const listening = Promise.withResolvers<string>();
    const read = (chunk: Buffer) => {
      this.log = (this.log + chunk.toString()).slice(-100_000);
      const url = /listens at (\S+)/.exec(this.log)?.[1];
      if (url) listening.resolve(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) =>
      listening.reject(new Error(`${this.name} ended with ${code}: ${this.log.slice(-2_000)}`)),
    );
    const timer = setTimeout(
      () => listening.reject(new Error(`${this.name} does not listen: ${this.log.slice(-2_000)}`)),
      startTimeoutMs,
    );
    try {
      this.log = '';
      this.url = await listening.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** What its next start has beside what it had, or instead; an empty value counts as unset. */
  give(environment: Record<string, string>): void {
    Object.assign(this.environment, environment);
  }

  /** Sends the signal and waits for the end; gives the exit code, or null when the signal ended it. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    return exit;
  }

  async restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.end(signal);
    await this.start();
  }
}

export interface StackOptions {
  databaseUrl: string;
  /** Its state: a database that there is, in place of an empty one on the server of `databaseUrl`. */
  database?: EmptyDatabase;
  queueUrl: string;
  modelUrl: string;
  model?: string;
  /** How many of each app; one if left out. */
  copies?: Partial<Record<AppName, number>>;
  environment?: Record<string, string>;
}

/** The four apps as separate processes, on a database of their own. */
export class Stack {
  private readonly apps: AppProcess[] = [];

  private constructor(
    private readonly folder: string,
    /** Of its database, and the prefix of its queues. */
    readonly name: string,
    readonly databaseUrl: string,
    readonly queueUrl: string,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  static async start(options: StackOptions): Promise<Stack> {
    const folder = mkdtempSync(join(tmpdir(), 'nano-test-stack-'));
    const database = options.database ?? (await createEmptyDatabase(options.databaseUrl));
    const queueUrl = options.queueUrl.startsWith('postgres') ? database.url : options.queueUrl;
    const stack = new Stack(folder, database.name, database.url, queueUrl, () => database.drop());
    try {
      await stack.startApps(options);
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  get url(): string {
    return this.all('gateway')[0]?.url ?? '';
  }

  all(name: AppName): AppProcess[] {
    return this.apps.filter((app) => app.name === name);
  }

  everything(): readonly AppProcess[] {
    return this.apps;
  }

  /** One statement on the state of the service. */
  sql<R extends pg.QueryResultRow>(statement: string, values: unknown[] = []): Promise<R[]> {
    return onDatabase(this.databaseUrl, async (client) => (await client.query<R>(statement, values)).rows);
  }

  /** Everything the apps printed, for the message of a failed test. */
  logs(): string {
    return this.apps.map((app) => `--- ${app.name}\n${app.log.slice(-5_000)}`).join('\n');
  }

  async stop(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.end('SIGTERM')));
    await this.dropDatabase();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async startApps(options: StackOptions): Promise<void> {
    const environment: Record<string, string> = {
      DATABASE_URL: this.databaseUrl,
      QUEUE_URL: this.queueUrl,
      QUEUE_PREFIX: this.name,
      NANO_MASTER_KEY: randomBytes(32).toString('base64'),
      LLM_BASE_URL: options.modelUrl,
      LLM_MODEL: options.model ?? 'scripted',
      LOG_LEVEL: 'warn',
      GATEWAY_PORT: '0',
      RETRIEVER_PORT: '0',
      GENERATOR_PORT: '0',
      EXECUTOR_PORT: '0',
      RECONCILE_PERIOD_MS: '2000',
      ...options.environment,
    };
    for (const name of ['gateway', 'retriever', 'generator', 'executor'] as const) {
      for (let copy = 0; copy < (options.copies?.[name] ?? 1); copy += 1) {
        const home = join(this.folder, `${name}-${copy}`);
        this.apps.push(new AppProcess(name, { ...environment, NANO_HOME: home }));
      }
    }
    await Promise.all(this.apps.map((app) => app.start()));
  }
}
