import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homeOf, prepareHome } from '../../apps/cli/src/embedded/home.js';
import { startPostgres as startEmbedded } from '../../apps/cli/src/embedded/postgres.js';

export interface TestPostgres {
  /** Of the superuser, to the database `postgres`. */
  url: string;
  stop(): Promise<void>;
}

/** A real PostgreSQL of the test's own, in a folder that goes away with it. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'nano-test-postgres-'));
  // Root's PostgreSQL runs as another account: one that could not enter would keep its data elsewhere, and leave it.
  chmodSync(folder, 0o711);
  const home = homeOf(join(folder, 'home'));
  prepareHome(home);
  try {
    const postgres = await startEmbedded(home);
    return {
      url: postgres.url,
      stop: async () => {
        await postgres.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
