import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { preparing } from './prepared-statements.js';
import type { Tables } from './tables.js';

export type Database = Kysely<Tables>;

/** The pool keeps `json` columns as text: cells go through untouched. */
const rawJson = pg.types.builtins.JSON;

export function createPool(url: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'nano-analyst',
    types: {
      getTypeParser: (oid, format) =>
        oid === rawJson ? String : (pg.types.getTypeParser(oid, format) as unknown),
    },
  });
  // An idle connection that breaks is replaced on next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}

export function createDatabase(pool: pg.Pool): Database {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparing(pool) }) });
}

/**
 * SQLSTATE classes and codes after which the same statement may work again
 * (PostgreSQL manual, appendix A): 08 connection exceptions, 40 transaction rollback,
 * 53 insufficient resources, 57P administrative shutdown.
 */
const transientSqlStates = /^(08|40|53|57P)/;
const transientSystemErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const transientClientMessages =
  /^(Connection terminated|timeout (expired|exceeded)|Client has encountered a connection error|Cannot use a pool after)/;

export function isTransientDatabaseError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isTransientDatabaseError);
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: string };
  if (code !== undefined && (transientSystemErrors.has(code) || transientSqlStates.test(code))) return true;
  return transientClientMessages.test(error.message);
}
