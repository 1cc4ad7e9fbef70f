import { sql } from 'kysely';
import type { DatabaseFacts } from '../contracts/diagnostics.js';
import type { Database } from './database.js';
import { missingMigrations } from './migrator.js';

/** What the PostgreSQL of the state says of itself. @throws what a lost connection throws */
export async function readDatabaseFacts(db: Database): Promise<DatabaseFacts> {
  const [{ rows }, missing] = await Promise.all([
    sql<{ version: string; connections: number; limit: number }>`
      select current_setting('server_version') as version,
        (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
        current_setting('max_connections')::int as limit`.execute(db),
    missingMigrations(db),
  ]);
  const { version = '', connections = 0, limit = 0 } = rows[0] ?? {};
  return { version, connections, connectionLimit: limit, missingMigrations: missing };
}
