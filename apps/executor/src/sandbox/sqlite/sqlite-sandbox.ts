import type { Traceback } from '#shared/contracts/attempt';
import type { AccessPolicy, Connection } from '#shared/contracts/datasource';
import { retryable } from '#shared/errors/app-error';
import { columnsByTable } from '#shared/contracts/datasource';
import { unknownTableHint } from '../../traceback/hint.js';
import { sqliteTraceback } from '../../traceback/sqlite-traceback.js';
import type { Isolation } from '../isolation/isolation.js';
import { failed, rejected, since, timedOut } from '../outcome.js';
import type { Checked, Outcome, Target } from '../sandbox.js';
import { Pools, type PoolUsage } from '../pools.js';
import { readAsString } from './double-quotes.js';
import { sqliteFunctions } from './functions.js';
import type { ChildConfiguration, Denial, Refusal, StatementFailure } from './protocol.js';
import { SqlitePool, type PoolLimits } from './sqlite-pool.js';
import type { ChildAnswer } from './sqlite-process.js';

type SqliteConnection = Extract<Connection, { dialect: 'sqlite' }>;

export interface SqliteSandboxOptions extends PoolLimits {
  isolation: Isolation;
  /** Datasources whose processes stay warm at once. */
  maxPools: number;
}

const mostReadings = 12;
/** SQLite's primary codes for trouble with the file rather than the statement. */
const infrastructureCodes = new Set([5, 6, 8, 10, 11, 13, 14, 15, 26]);

/** Statements on SQLite files, each datasource in sandbox processes of its own. */
export class SqliteSandbox {
  private readonly pools: Pools<SqlitePool>;

  constructor(private readonly options: SqliteSandboxOptions) {
    this.pools = new Pools(options.maxPools);
  }

  run(target: Target, connection: SqliteConnection, sql: string, signal: AbortSignal): Promise<Outcome> {
    return this.send(target, connection, sql, signal, false);
  }

  /** SQLite decides on tables, columns and functions as it prepares. It estimates no cost. */
  async check(
    target: Target,
    connection: SqliteConnection,
    sql: string,
    signal: AbortSignal,
  ): Promise<Checked> {
    const outcome = await this.send(target, connection, sql, signal, true);
    return outcome.kind === 'rows' ? { kind: 'valid', cost: null, elapsedMs: outcome.elapsedMs } : outcome;
  }

  get usage(): PoolUsage {
    return this.pools.usage;
  }

  async close(): Promise<void> {
    await this.pools.close();
  }

  private async send(
    target: Target,
    connection: SqliteConnection,
    sql: string,
    signal: AbortSignal,
    prepareOnly: boolean,
  ): Promise<Outcome> {
    const pool = this.poolOf(target, connection);
    const { maxRows, maxBytes, timeoutMs } = target.policy;
    const limits = { maxRows, maxBytes, ...(prepareOnly && { prepareOnly }) };
    const started = performance.now();
    let reading = sql;
    for (let readings = 1; ; readings += 1) {
      let answer = await pool.run({ sql: reading, ...limits }, timeoutMs, signal);
      // Perhaps it was only the rows all at once that did not fit into memory.
      if (answer.kind === 'crashed')
        answer = await pool.run({ sql: reading, ...limits, rowByRow: true }, timeoutMs / 2, signal);
      const next = readings < mostReadings ? otherReading(answer, reading) : null;
      if (next === null) return this.outcomeOf(answer, target, sql, started);
      reading = next;
    }
  }

  private poolOf(target: Target, connection: SqliteConnection): SqlitePool {
    const configuration = childConfiguration(connection.file, target.policy);
    const { functions: _, ...own } = configuration;
    const key = JSON.stringify([target.datasourceId, own]);
    return this.pools.of(key, () => new SqlitePool(this.options.isolation, configuration, this.options));
  }

  private outcomeOf(answer: ChildAnswer, target: Target, sql: string, started: number): Outcome {
    switch (answer.kind) {
      case 'rows':
        return { kind: 'rows', result: answer.result, elapsedMs: since(started) };
      case 'timeout':
        return timedOut(target.policy.timeoutMs, started);
      case 'crashed':
        return failed(
          {
            class: 'too_large',
            message: `The statement needed more memory than it may have (${answer.how}).`,
          },
          started,
          'memory',
        );
      case 'stale':
        throw retryable('database_unreachable', 'The SQLite file changes while it is read.');
      case 'failed':
        return failureOutcome(answer.failure, target, sql, started);
    }
  }
}

function childConfiguration(file: string, policy: AccessPolicy): ChildConfiguration {
  return {
    file,
    functions: sqliteFunctions,
    allowTables: policy.allowTables?.map((name) => name.toLowerCase()) ?? null,
    denyTables: policy.denyTables?.map((name) => name.toLowerCase()) ?? [],
    allowColumns: lowerByTable(policy.allowColumns),
    denyColumns: lowerByTable(policy.denyColumns),
    maxLength: Math.min(Math.max(policy.maxBytes, 16 * 1024 ** 2), 64 * 1024 ** 2),
  };
}

function lowerByTable(names: readonly string[] = []): [string, string[]][] {
  const byTable = columnsByTable(names.map((name) => name.toLowerCase()));
  return [...byTable].map(([table, columns]) => [table, [...columns]]);
}

function otherReading(answer: ChildAnswer, sql: string): string | null {
  if (answer.kind !== 'failed') return null;
  const name = /^no such column: "(.*)" - should this be a string literal/s.exec(answer.failure.message)?.[1];
  return name === undefined ? null : readAsString(sql, name);
}

function failureOutcome(failure: StatementFailure, target: Target, sql: string, started: number): Outcome {
  if (failure.denial) return rejected('engine', denialTraceback(failure.denial, target), started);
  if (failure.code === -1) return refusalOutcome(failure.message as Refusal, target, started);
  if (infrastructureCodes.has(failure.code & 0xff))
    throw retryable('database_unreachable', `SQLite cannot read the file: ${failure.message}.`);
  if (/^(?:variable number must|too many SQL variables)/.test(failure.message))
    return rejected(
      'engine',
      { class: 'syntax', message: 'The statement has parameters; write the values.' },
      started,
    );
  const traceback = sqliteTraceback(failure, sql, target.snapshot);
  if (failure.running) return failed(traceback, started);
  if (traceback.class === 'too_large') return rejected('limit', traceback, started);
  return traceback.class === 'syntax' ? rejected('engine', traceback, started) : failed(traceback, started);
}

function denialTraceback(denial: Denial, target: Target): Traceback {
  switch (denial.what) {
    case 'table': {
      const hint = unknownTableHint(denial.name, target.snapshot);
      return {
        class: 'policy',
        message: `The table ${denial.name} may not be read.`,
        ...(hint ? { hint } : {}),
      };
    }
    case 'column':
      return {
        class: 'policy',
        message: `The column ${denial.name} may not be read.`,
        hint: 'Name the columns that are needed instead of *.',
      };
    case 'function':
      return { class: 'policy', message: `The function ${denial.name} may not be called.` };
    case 'action':
      return { class: 'policy', message: `Only reading is allowed, not ${denial.name}.` };
  }
}

function refusalOutcome(refusal: Refusal, target: Target, started: number): Outcome {
  switch (refusal) {
    case 'empty':
      return rejected('guard', { class: 'syntax', message: 'There is no statement.' }, started);
    case 'not_a_read':
      return rejected(
        'guard',
        { class: 'policy', message: 'Only one SELECT, WITH or VALUES statement is allowed.' },
        started,
      );
    case 'several_statements':
      return rejected('guard', { class: 'policy', message: 'Only one statement is allowed.' }, started);
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
