import type { Connection } from '#shared/contracts/datasource';
import { describeError, isAppError, retryable } from '#shared/errors/app-error';
import { releaseResult } from '#shared/results/encoded-result';
import { readAsMysqlString } from '../../guard/mysql-double-quotes.js';
import { guardMysql } from '../../guard/mysql-guard.js';
import { isMysqlFault, isUnreachableMysql, mysqlTraceback } from '../../traceback/mysql-traceback.js';
import { failed, rejected, since, timedOut } from '../outcome.js';
import type { Checked, Failure, Outcome, Target } from '../sandbox.js';
import { Pools, type PoolUsage } from '../pools.js';
import { MysqlPool } from './mysql-pool.js';
import { rolledBack, setup } from './mysql-session.js';
import { MysqlStatement, type StatementEnd, type Warning } from './mysql-statement.js';

type MysqlConnection = Extract<Connection, { dialect: 'mysql' }>;
type Ran = StatementEnd & { kind: 'rows' };

export interface MysqlSandboxOptions {
  /** Connections of one datasource. */
  maxRunning: number;
  maxPools: number;
}

const mostReadings = 12;

/** Statements on MySQL and MariaDB, each prepared, in a transaction that can only read and is rolled back. */
export class MysqlSandbox {
  private readonly pools: Pools<MysqlPool>;

  constructor(private readonly options: MysqlSandboxOptions) {
    this.pools = new Pools(options.maxPools);
  }

  async run(target: Target, connection: MysqlConnection, sql: string, signal: AbortSignal): Promise<Outcome> {
    const started = performance.now();
    let reading = sql;
    let end = await this.send(target, connection, reading, signal, '');
    for (let readings = 1; end.kind === 'failed' && readings < mostReadings; readings += 1) {
      const next = otherReading(end, reading);
      if (next === null) break;
      reading = next;
      end = await this.send(target, connection, reading, signal, '');
    }
    if (end.kind !== 'rows') return end;
    const silent = silentMistake(end.warnings);
    if (silent) {
      releaseResult(end.result);
      return failed(silent, started);
    }
    // A function that the server stopped at the limit returns as if it had ended.
    if (performance.now() - started > target.policy.timeoutMs && end.result.truncated === null) {
      releaseResult(end.result);
      return timedOut(target.policy.timeoutMs, started);
    }
    return { kind: 'rows', result: end.result, elapsedMs: since(started) };
  }

  /** The cost is the optimiser's, in its own unit. */
  async check(
    target: Target,
    connection: MysqlConnection,
    sql: string,
    signal: AbortSignal,
  ): Promise<Checked> {
    const started = performance.now();
    const end = await this.send(target, connection, sql, signal, 'EXPLAIN ');
    if (end.kind !== 'rows') return end;
    releaseResult(end.result);
    return { kind: 'valid', cost: end.cost, elapsedMs: since(started) };
  }

  get usage(): PoolUsage {
    return this.pools.usage;
  }

  async close(): Promise<void> {
    await this.pools.close();
  }

  private async send(
    target: Target,
    { url }: MysqlConnection,
    sql: string,
    signal: AbortSignal,
    prefix: string,
  ): Promise<Ran | Failure> {
    const started = performance.now();
    const pool = this.poolOf(target.datasourceId, url);
    const { policy, snapshot = null } = target;
    try {
      const server = await pool.serverOf(signal);
      const refusal = await guardMysql(sql, { policy, facts: server.facts, snapshot });
      if (refusal) return rejected('guard', refusal, started);
      const end = await pool.use(signal, async (connection) => {
        const statement = new MysqlStatement(connection, pool.options, policy);
        const value = await statement
          .run(setup(server, policy), prefix + sql, signal)
          .catch((thrown: unknown) => ({ thrown }));
        return { value, reusable: statement.reusable && (await rolledBack(connection)) };
      });
      if ('thrown' in end) throw end.thrown;
      return endOf(end, target, started);
    } catch (error) {
      signal.throwIfAborted();
      return failure(error, target, sql, started);
    }
  }

  private poolOf(datasourceId: string, url: string): MysqlPool {
    const key = JSON.stringify([datasourceId, url]);
    return this.pools.of(key, () => new MysqlPool(url, this.options.maxRunning));
  }
}

function endOf(end: StatementEnd, target: Target, started: number): Ran | Failure {
  switch (end.kind) {
    case 'rows':
      return end;
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
  }
}

/** Warnings after which the rows are not what was asked for, though the server reports success. */
const silentCodes: ReadonlySet<number> = new Set([
  1260, // GROUP_CONCAT was cut
  1301, // a value was larger than a packet and became NULL
  1931, // not all rows were looked at
  1969, // stopped at the time limit
  3024,
  4171, // MariaDB: stopped at the recursion limit
]);

function silentMistake(warnings: readonly Warning[]) {
  const found = warnings.find(
    ({ code, message }) => silentCodes.has(code) || /max_recursive_iterations/.test(message),
  );
  if (!found) return null;
  return {
    class: 'too_large' as const,
    message: `The result would be wrong: ${found.message}.`,
    hint: 'Ask for fewer or shorter values, or end the recursion earlier.',
  };
}

function failure(error: unknown, target: Target, sql: string, started: number): Failure {
  if (isAppError(error)) throw error;
  if (!isMysqlFault(error) || isUnreachableMysql(error))
    throw retryable('database_unreachable', `MySQL failed: ${describeError(error)}.`, { cause: error });
  const traceback = mysqlTraceback(error, sql, target.snapshot);
  if (traceback.class === 'timeout') return timedOut(target.policy.timeoutMs, started);
  if (traceback.class === 'policy') return rejected('engine', traceback, started);
  return failed(traceback, started);
}

function otherReading({ traceback }: Failure, sql: string): string | null {
  const name = /^Unknown column '(.*)' in /s.exec(traceback.message)?.[1];
  return name === undefined ? null : readAsMysqlString(sql, name);
}
