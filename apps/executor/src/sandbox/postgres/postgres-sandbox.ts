import type { PoolClient } from 'pg';
import type { Connection } from '#shared/contracts/datasource';
import { describeError, isAppError, retryable } from '#shared/errors/app-error';
import { EncodedResult, releaseResult } from '#shared/results/encoded-result';
import { guardPostgres } from '../../guard/postgres-guard.js';
import {
  isPostgresFault,
  isUnreachable,
  type PostgresFault,
  postgresTraceback,
} from '../../traceback/postgres-traceback.js';
import { failed, rejected, since, timedOut } from '../outcome.js';
import type { Checked, Outcome, Target } from '../sandbox.js';
import { Pools, type PoolUsage } from '../pools.js';
import { becoming } from './postgres-caller.js';
import { PostgresPool } from './postgres-pool.js';
import { setup } from './postgres-session.js';
import { PostgresStatement, type StatementEnd } from './postgres-statement.js';

type PostgresConnection = Extract<Connection, { dialect: 'postgres' }>;

export interface PostgresSandboxOptions {
  /** Connections of one datasource. */
  maxRunning: number;
  maxPools: number;
}

/** Statements on PostgreSQL, each in a transaction that can only read and is rolled back. */
export class PostgresSandbox {
  private readonly pools: Pools<PostgresPool>;

  constructor(private readonly options: PostgresSandboxOptions) {
    this.pools = new Pools(options.maxPools);
  }

  run(target: Target, connection: PostgresConnection, sql: string, signal: AbortSignal): Promise<Outcome> {
    return this.send(target, connection, sql, signal, '');
  }

  /** The cost is the planner's, in its own unit: 1 is about one page read in sequence. */
  async check(
    target: Target,
    connection: PostgresConnection,
    sql: string,
    signal: AbortSignal,
  ): Promise<Checked> {
    const { maxBytes } = target.policy;
    const policy = { ...target.policy, maxBytes: Math.max(maxBytes, longestPlan) };
    const explained = await this.send({ ...target, policy }, connection, sql, signal, explain);
    if (explained.kind !== 'rows') return explained;
    const cost = costOf(explained.result.rows[0]?.[0]);
    releaseResult(explained.result);
    return { kind: 'valid', cost, elapsedMs: explained.elapsedMs };
  }

  get usage(): PoolUsage {
    return this.pools.usage;
  }

  async close(): Promise<void> {
    await this.pools.close();
  }

  /** Guards the statement, then runs it behind the prefix. */
  private async send(
    target: Target,
    { url }: PostgresConnection,
    sql: string,
    signal: AbortSignal,
    prefix: string,
  ): Promise<Outcome> {
    const started = performance.now();
    const pool = this.poolOf(target.datasourceId, url);
    const { facts, typeNames } = await pool.serverOf(signal);
    const { policy, snapshot = null } = target;
    const refusal = await guardPostgres(sql, { policy, facts, snapshot });
    if (refusal) return rejected('guard', refusal, started);
    const client = await pool.connect(signal);
    const statement = new PostgresStatement(client, policy);
    try {
      const before = [setup(facts.searchPath, policy.timeoutMs), ...becoming(target)];
      const end = await statement.run(before, prefix + sql, signal);
      return this.outcomeOf(end, typeNames, target, started);
    } catch (error) {
      signal.throwIfAborted();
      return failure(error, target, prefix, sql, started);
    } finally {
      statement.finished = true;
      await this.giveBack(client, statement);
    }
  }

  private poolOf(datasourceId: string, url: string): PostgresPool {
    const key = JSON.stringify([datasourceId, url]);
    return this.pools.of(key, () => new PostgresPool(url, this.options.maxRunning));
  }

  /** Rolls back; locks of the session, which a rollback leaves, go too. */
  private async giveBack(client: PoolClient, statement: PostgresStatement): Promise<void> {
    if (!statement.reusable) return client.release(true);
    try {
      await client.query(rollback);
      client.release();
    } catch {
      client.release(true);
    }
  }

  private outcomeOf(
    end: StatementEnd,
    typeNames: ReadonlyMap<number, string>,
    target: Target,
    started: number,
  ): Outcome {
    switch (end.kind) {
      case 'timeout':
        return timedOut(target.policy.timeoutMs, started);
      case 'row_too_large':
        return failed(
          {
            class: 'too_large',
            message: `A single row is larger than the limit of ${target.policy.maxBytes} bytes.`,
            hint: 'Select fewer or shorter values.',
          },
          started,
        );
      case 'rows': {
        const columns = end.fields.map(({ name, dataTypeID }) => ({
          name,
          type: typeNames.get(dataTypeID) ?? '',
        }));
        const result = new EncodedResult(columns, end.batches, end.truncated);
        return { kind: 'rows', result, elapsedMs: since(started) };
      }
    }
  }
}

/** The driver knows `query_timeout` here too; its types do not. */
const rollback = {
  text: 'ROLLBACK; SELECT pg_catalog.pg_advisory_unlock_all()',
  query_timeout: 5_000,
};
const explain = 'EXPLAIN (FORMAT JSON) ';
const longestPlan = 4 * 1024 * 1024;

function costOf(plan: unknown): number | null {
  if (typeof plan !== 'string') return null;
  const [top] = JSON.parse(plan) as { Plan?: { 'Total Cost'?: number } }[];
  return top?.Plan?.['Total Cost'] ?? null;
}

function failure(error: unknown, target: Target, prefix: string, sql: string, started: number): Outcome {
  if (isAppError(error)) throw error;
  if (!isPostgresFault(error) || isUnreachable(error))
    throw retryable('database_unreachable', `PostgreSQL failed: ${describeError(error)}.`, { cause: error });
  const traceback = postgresTraceback(withoutPrefix(error, prefix), sql, target.snapshot);
  if (traceback.class === 'policy') return rejected('engine', traceback, started);
  return failed(traceback, started);
}

/** The server counts from the start of what it was sent. */
function withoutPrefix(fault: PostgresFault, { length }: string): PostgresFault {
  const { code, message, position, hint, detail } = fault;
  return {
    code,
    message,
    hint,
    detail,
    position: position === undefined ? undefined : String(Number(position) - length),
  };
}
