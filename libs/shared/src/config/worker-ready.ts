import { createDatabase, createPool } from '../persistence/database.js';
import { waitForSchema } from '../persistence/migrator.js';

/** Workers touch neither state nor queue before the gateway has migrated both. */
export async function workerReady(config: { DATABASE_URL: string }): Promise<void> {
  const pool = createPool(config.DATABASE_URL, 1);
  try {
    await waitForSchema(createDatabase(pool));
  } finally {
    await pool.end();
  }
}
