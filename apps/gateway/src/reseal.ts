import { z } from 'zod';
import { commonFields, type Environment, masterKeyField, parseEnvironment } from '#shared/config/environment';
import { createDatabase, createPool } from '#shared/persistence/database';
import { type Resealed, resealConnections } from '#shared/persistence/reseal';
import { SealedText } from '#shared/secrets/sealed-text';

const schema = z.object({ ...commonFields, ...masterKeyField });

/** Seals every datasource's credentials with `NANO_MASTER_KEY`, also those that `NANO_MASTER_KEY_PREVIOUS` sealed. */
export async function reseal(environment: Environment): Promise<Resealed> {
  const config = parseEnvironment(schema, environment);
  const pool = createPool(config.DATABASE_URL, 1);
  try {
    const sealer = new SealedText(config.NANO_MASTER_KEY, config.NANO_MASTER_KEY_PREVIOUS);
    return await resealConnections(createDatabase(pool), sealer);
  } finally {
    await pool.end();
  }
}
