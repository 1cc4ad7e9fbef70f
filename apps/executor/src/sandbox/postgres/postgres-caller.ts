import pg from 'pg';
import { describeError, permanent } from '#shared/errors/app-error';
import type { Target } from '../sandbox.js';
import type { Preparation } from './postgres-statement.js';

/**
 * What makes the transaction the caller's. It ends with the transaction, and no statement can undo it: the guard lets
 * through neither SET nor set_config.
 */
export function becoming({ policy: { asCaller }, caller = null }: Target): Preparation[] {
  if (!asCaller || caller === null) return [];
  const [name, value] =
    asCaller.by === 'role' ? ['role', asCaller.roles[caller] ?? ''] : [asCaller.setting, caller];
  const sql = `SELECT pg_catalog.set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, true)`;
  return [{ sql, failureOf: refused }];
}

/** Nothing that the model wrote, and nothing that a retry mends. */
function refused(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  return permanent('caller_refused', `PostgreSQL does not run as the caller: ${describeError(error)}.`, {
    stage: 'execute',
    cause: error,
  });
}
