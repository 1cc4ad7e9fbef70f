import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { jobNames } from '#shared/queue/catalogue';
import { holdingOf } from '../machine/process-usage.js';
import type { Deployment } from './deployment.js';

/** What a deployment holds at one time. */
export interface Sample {
  /** Seconds from the start of the monitor. */
  at: number;
  /** Of each application with its descendants. */
  memoryMiB: Record<string, number>;
  handles: Record<string, number>;
  redisKeys: number;
  /** Of the service's database. */
  connections: number;
  openQueries: number;
  /** In all queues. */
  waitingJobs: number;
}

/** Looks at a deployment again and again, from outside of it, until it is stopped. */
export class Monitor {
  readonly samples: Sample[] = [];
  private readonly redis: Redis;
  private readonly database: pg.Client;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private started = 0;

  constructor(
    private readonly deployment: Deployment,
    private readonly everyMs: number,
  ) {
    this.redis = new Redis(deployment.redisUrl);
    this.database = new pg.Client({ connectionString: deployment.databaseUrl });
  }

  async start(): Promise<void> {
    await this.database.connect();
    this.started = performance.now();
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    this.redis.disconnect();
    await this.database.end();
  }

  /** How many queries there are by status, of all that were ever accepted. */
  async queries(): Promise<Record<string, number>> {
    const { rows } = await this.database.query<{ status: string; count: number }>(
      'select status, count(*)::int as count from query group by status',
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.samples.push(await this.look());
      await sleep(this.everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async look(): Promise<Sample> {
    const at = (performance.now() - this.started) / 1_000;
    const holdings = this.deployment.apps.map(({ part, pid }) => [part, holdingOf(pid)] as const);
    const [redisKeys, waitingJobs, database] = await Promise.all([
      this.redis.dbsize(),
      this.waitingJobs(),
      this.countRows(),
    ]);
    return {
      at,
      memoryMiB: Object.fromEntries(
        holdings.map(([part, { residentBytes }]) => [part, residentBytes / 2 ** 20]),
      ),
      handles: Object.fromEntries(holdings.map(([part, { handles }]) => [part, handles])),
      redisKeys,
      waitingJobs,
      ...database,
    };
  }

  private async waitingJobs(): Promise<number> {
    const lengths = await Promise.all(jobNames.map((job) => this.redis.llen(`{nano}:${job}:wait`)));
    return lengths.reduce((sum, length) => sum + length, 0);
  }

  private async countRows(): Promise<{ connections: number; openQueries: number }> {
    const { rows } = await this.database.query<{ connections: number; openQueries: number }>(
      `select (select count(*)::int from pg_stat_activity where datname = current_database()) as connections,
        (select count(*)::int from query where finished_at is null) as "openQueries"`,
    );
    return rows[0] ?? { connections: 0, openQueries: 0 };
  }
}
