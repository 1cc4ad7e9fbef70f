import type { Diagnostics } from '#shared/contracts/diagnostics';
import { type Check, fail, ok, warn } from '../check.js';

const name = 'state database';

export function judgeDatabase(database: Diagnostics['database']): Check {
  if ('error' in database)
    return fail(
      name,
      `does not answer the gateway: ${database.error}`,
      'Check that PostgreSQL runs, DATABASE_URL and its password, and the network policy `to-state`. Nothing is accepted meanwhile.',
    );
  const { version, connections, connectionLimit, missingMigrations } = database;
  const detail = `PostgreSQL ${version}, ${connections} of ${connectionLimit} connections`;
  if (missingMigrations.length > 0)
    return fail(
      name,
      `${detail}, lacks the migrations ${missingMigrations.join(', ')}`,
      'Run dist/apps/gateway/src/migrate.main.js, `kubectl replace --force -k deploy/k8s/migration` in a cluster.',
    );
  if (connections > connectionLimit * 0.9)
    return warn(
      name,
      detail,
      'Raise max_connections, or lower DATABASE_POOL_SIZE: docs/operations.md#connections has the sum.',
    );
  return ok(name, `${detail}, migrated`);
}

export function judgeOpenQueries(openQueries: Diagnostics['openQueries']): Check[] {
  // Where the database is away its own line says so.
  if ('error' in openQueries) return [];
  const { open, limit } = openQueries;
  const detail = `${open} of ${limit}`;
  if (open < limit) return [ok('open queries', detail)];
  return [
    warn(
      'open queries',
      `${detail}: further questions are answered 429`,
      'More of the stage that waits, see docs/runbooks.md#nanoqueriesrefused.',
    ),
  ];
}
