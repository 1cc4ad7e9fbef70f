import type { RunningApp } from '#shared/config/app-server';
import type { Environment } from '#shared/config/environment';
import { describeError } from '#shared/errors/app-error';
import { ServerClient } from '#shared/models/server-client';
import { CliError } from '../cli-error.js';
import { loadApp, type Service } from './apps.js';
import type { Home } from './home.js';
import type { Lock } from './lock.js';
import { startPostgres, type Postgres } from './postgres.js';
import { removeRun } from './run-file.js';

const answerWithinMs = 5_000;

/** What has been started so far, and how it ends: whoever writes to another part goes before it. */
export class Parts {
  readonly broken: Promise<Error>;
  private breakUp!: (reason: Error) => void;
  private gateway: RunningApp | undefined;
  private readonly workers = new Map<string, RunningApp>();
  private baseline: RunningApp | undefined;
  private postgres: Postgres | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    readonly home: Home,
    private readonly lock: Lock,
  ) {
    this.broken = new Promise((resolve) => (this.breakUp = resolve));
  }

  async startPostgres(): Promise<string> {
    this.postgres = await startPostgres(this.home);
    void this.postgres.ended.then(() =>
      this.breakUp(
        new CliError('postgres_failed', `PostgreSQL ended by itself (log: ${this.home.logs}/postgres.log)`),
      ),
    );
    return this.postgres.url;
  }

  /** Returns how the generator finds it. */
  async startBaseline(environment: Environment): Promise<Environment> {
    const start = await loadApp('baseline');
    this.baseline = await start({ ...environment, BASELINE_PORT: '0' });
    const baseUrl = `${this.baseline.url}/v1`;
    const { models } = await new ServerClient(baseUrl, undefined, answerWithinMs).list();
    return { LLM_BASE_URL: baseUrl, LLM_MODEL: models[0]?.name };
  }

  /** The gateway goes first: it prepares the schema that the workers wait for. */
  async startService({ gateway, workers }: Service, environment: Environment): Promise<RunningApp> {
    this.gateway = await gateway(environment);
    const starting = Object.entries(workers).map(async ([name, start]) =>
      this.workers.set(name, await start(environment)),
    );
    // One that is still starting could not be closed.
    await Promise.allSettled(starting);
    await Promise.all(starting);
    return this.gateway;
  }

  workerUrls(): Record<string, string> {
    return Object.fromEntries([...this.workers].map(([name, { url }]) => [name, url]));
  }

  close(): Promise<void> {
    return (this.closing ??= this.closeAll());
  }

  private async closeAll(): Promise<void> {
    const failures: unknown[] = [];
    const note = (error: unknown) => void failures.push(error);
    await this.gateway?.close().catch(note);
    await Promise.all([...this.workers.values()].map((worker) => worker.close().catch(note)));
    await this.baseline?.close().catch(note);
    await this.postgres?.close().catch(note);
    removeRun(this.home.runFile);
    this.lock.release();
    if (failures.length > 0) {
      const reasons = failures.map(describeError).join('; ');
      throw new CliError('start_failed', `a part did not stop cleanly: ${reasons}`, { cause: failures[0] });
    }
  }
}
