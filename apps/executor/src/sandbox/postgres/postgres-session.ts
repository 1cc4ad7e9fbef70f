import type { Preparation } from './postgres-statement.js';

/** The first SELECT fixes the transaction's mode: after it, READ WRITE is an error. */
export function setup(searchPath: readonly string[], timeoutMs: number): Preparation {
  const path = [...searchPath.map((schema) => `"${schema.replaceAll('"', '""')}"`), 'pg_temp'].join(', ');
  const lockMs = Math.min(timeoutMs, 2_000);
  const settings = [
    `statement_timeout = ${timeoutMs}`,
    `lock_timeout = ${lockMs}`,
    `idle_in_transaction_session_timeout = ${timeoutMs + 10_000}`,
    `search_path = ${path}`,
    `work_mem = '32MB'`,
    `max_parallel_workers_per_gather = 0`,
    `jit = off`,
    `DateStyle = 'ISO, YMD'`,
    `IntervalStyle = 'postgres'`,
    `bytea_output = 'hex'`,
    `extra_float_digits = 1`,
  ];
  const sets = settings.map((setting) => `SET LOCAL ${setting}`).join('; ');
  return { sql: `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${sets}; SELECT 1` };
}
