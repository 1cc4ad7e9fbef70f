import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusalOf } from '#shared/contracts/caller';
import type { Dialect } from '#shared/contracts/datasource';
import { permanent } from '#shared/errors/app-error';
import { checkText } from '../guard/text-gate.js';
import { atLeast, detectIsolation, type Isolation, type IsolationLevel } from './isolation/isolation.js';
import { rejected } from './outcome.js';
import type { PoolUsage } from './pools.js';
import { MysqlSandbox } from './mysql/mysql-sandbox.js';
import { PostgresSandbox } from './postgres/postgres-sandbox.js';
import { type Checked, type Failure, type Outcome, Sandbox, type Target } from './sandbox.js';
import { SqliteSandbox } from './sqlite/sqlite-sandbox.js';

export interface SandboxOptions {
  /** Where the compiled launcher is kept; a folder of this run's own if left out. */
  cacheFolder?: string;
  /** Statements of one datasource at once. */
  maxRunning?: number;
  /** Statements after which a sandbox process is replaced. */
  recycleAfter?: number;
  /** Datasources whose processes and connections stay warm at once. */
  maxPools?: number;
  /** Instead of the strongest that the host has. */
  isolation?: Isolation;
  /** Nothing is run on a host that gives less. */
  requireIsolation?: IsolationLevel;
}

interface Engines {
  isolation: Isolation;
  sqlite: SqliteSandbox;
  postgres: PostgresSandbox;
  mysql: MysqlSandbox;
}

/** The sandbox of every dialect: the text gate, then the engine's own way. */
export class DialectSandbox extends Sandbox {
  private readonly engines: Promise<Engines>;
  private ownFolder: string | null = null;

  constructor(private readonly options: SandboxOptions = {}) {
    super();
    this.engines = this.start();
    // Each caller awaits it; a failure must not surface before one does.
    this.engines.catch(() => {});
  }

  /**
   * What the host gives the processes that run SQLite, and what keeps it from giving more.
   * Throws where that is less than required.
   */
  async isolationLevel(): Promise<{ level: IsolationLevel; missing: string }> {
    const { level, missing } = (await this.engines).isolation;
    return { level, missing };
  }

  override async run(target: Target, sql: string, signal: AbortSignal): Promise<Outcome> {
    signal.throwIfAborted();
    refuseCaller(target);
    const refusal = refuseText(sql) ?? (await this.refuseCost(target, sql, signal));
    if (refusal) return refusal;
    const { connection } = target;
    const { sqlite, postgres, mysql } = await this.engines;
    switch (connection.dialect) {
      case 'sqlite':
        return sqlite.run(target, connection, sql, signal);
      case 'postgres':
        return postgres.run(target, connection, sql, signal);
      case 'mysql':
        return mysql.run(target, connection, sql, signal);
    }
  }

  override async check(target: Target, sql: string, signal: AbortSignal): Promise<Checked> {
    signal.throwIfAborted();
    refuseCaller(target);
    const refusal = refuseText(sql);
    if (refusal) return refusal;
    const { connection } = target;
    const { sqlite, postgres, mysql } = await this.engines;
    switch (connection.dialect) {
      case 'sqlite':
        return sqlite.check(target, connection, sql, signal);
      case 'postgres':
        return postgres.check(target, connection, sql, signal);
      case 'mysql':
        return mysql.check(target, connection, sql, signal);
    }
  }

  /** Where the policy bounds the cost, the engine's estimate comes first. */
  private async refuseCost(target: Target, sql: string, signal: AbortSignal): Promise<Failure | null> {
    const { maxCost } = target.policy;
    if (maxCost === undefined) return null;
    const started = performance.now();
    const checked = await this.check(target, sql, signal);
    if (checked.kind !== 'valid') return checked;
    if (checked.cost === null || checked.cost <= maxCost) return null;
    const message = `The estimated cost of the statement is ${Math.round(checked.cost)}; at most ${maxCost} is run.`;
    return rejected(
      'limit',
      { class: 'too_large', message, hint: 'Join on keys, filter early, and read fewer rows.' },
      started,
    );
  }

  /** Of the processes that run SQLite and the connections of the other dialects, over all datasources. */
  async usage(): Promise<Record<Dialect, PoolUsage>> {
    const { sqlite, postgres, mysql } = await this.engines;
    return { sqlite: sqlite.usage, postgres: postgres.usage, mysql: mysql.usage };
  }

  override async close(): Promise<void> {
    const engines = await this.engines.catch(() => null);
    if (engines) await Promise.all([engines.sqlite.close(), engines.postgres.close(), engines.mysql.close()]);
    if (this.ownFolder) await rm(this.ownFolder, { recursive: true, force: true });
  }

  private async start(): Promise<Engines> {
    const { maxRunning = 4, recycleAfter = 500, maxPools = 32 } = this.options;
    const isolation = this.options.isolation ?? (await detectIsolation(await this.cacheFolder()));
    const { requireIsolation } = this.options;
    if (requireIsolation && !atLeast(isolation.level, requireIsolation)) {
      throw permanent(
        'sandbox_failed',
        `The sandbox has the isolation level ${isolation.level} and ${requireIsolation} is required: ${isolation.missing}.`,
      );
    }
    return {
      isolation,
      sqlite: new SqliteSandbox({ isolation, maxRunning, recycleAfter, maxPools }),
      postgres: new PostgresSandbox({ maxRunning, maxPools }),
      mysql: new MysqlSandbox({ maxRunning, maxPools }),
    };
  }

  private async cacheFolder(): Promise<string> {
    if (this.options.cacheFolder) return this.options.cacheFolder;
    this.ownFolder = await mkdtemp(join(tmpdir(), 'nano-sandbox-'));
    return this.ownFolder;
  }
}

/** The gateway has asked the same: this is the wall behind it. */
function refuseCaller({ connection, policy: { asCaller }, caller = null }: Target): void {
  const reason =
    asCaller && connection.dialect !== 'postgres'
      ? 'Only PostgreSQL can run statements as the caller.'
      : refusalOf(asCaller, caller);
  if (reason !== null) throw permanent('caller_refused', reason, { stage: 'execute' });
}

function refuseText(sql: string): Failure | null {
  const started = performance.now();
  const fault = checkText(sql);
  return fault && rejected('guard', fault, started);
}
