import { z } from 'zod';
import { commonFields, type Environment, parseEnvironment } from '#shared/config/environment';
import { createDatabase, createPool } from '#shared/persistence/database';
import { migrateToLatest } from '#shared/persistence/migrator';
import { prepareQueue } from '#shared/queue/queue-backend';

const schema = z.object(commonFields);

/** Brings state and queue to what this version needs. Several may run at once, also beside apps of the version before. */
export async function migrate(environment: Environment): Promise<void> {
  const config = parseEnvironment(schema, environment);
  await prepareQueue(config.QUEUE_URL ?? config.DATABASE_URL);
  const pool = createPool(config.DATABASE_URL, 1);
  try {
    await migrateToLatest(createDatabase(pool));
  } finally {
    await pool.end();
  }
}
