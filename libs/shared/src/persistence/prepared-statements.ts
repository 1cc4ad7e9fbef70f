import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';

/** The statements of the service are few; what comes beyond is parsed each time. */
const mostNames = 500;
const names = new Map<string, string>();

/**
 * A pool for Kysely that has the server parse and plan a statement once a connection, not once a call.
 * Migrations must therefore not change the type of a column that a running app reads: they add one instead.
 */
export function preparing(pool: pg.Pool): PostgresPool {
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect();
      const prepared = known.get(client) ?? preparingClient(client);
      known.set(client, prepared);
      return prepared;
    },
  };
}

function preparingClient(client: pg.PoolClient): PostgresPoolClient {
  const query = (text: string, values: readonly unknown[]) =>
    // Without parameters it may be several statements at once, as in migrations: those cannot be prepared.
    values.length === 0 ? client.query(text) : client.query({ text, values: [...values], ...nameOf(text) });
  return {
    // Kysely would pass a cursor only if it had been given a class for them.
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy),
  };
}

function nameOf(text: string): { name?: string } {
  const known = names.get(text);
  if (known !== undefined) return { name: known };
  if (names.size >= mostNames) return {};
  const name = `nano_${names.size}`;
  names.set(text, name);
  return { name };
}
