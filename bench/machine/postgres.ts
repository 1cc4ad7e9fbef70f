import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres as startTestPostgres } from '../../tests/support/postgres.js';

export interface BenchPostgres {
  url: string;
  pid: number;
  version: string;
  close(): Promise<void>;
}

/** The embedded PostgreSQL with its own settings: every end of a query waits for the disk. */
export async function startPostgres(): Promise<BenchPostgres> {
  const { url, stop } = await startTestPostgres();
  try {
    return { url, close: stop, ...(await describe(url)) };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function describe(url: string): Promise<{ pid: number; version: string }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ folder: string; version: string }>(
      `select current_setting('data_directory') as folder, current_setting('server_version') as version`,
    );
    const [row] = rows;
    const pid = Number(readFileSync(join(row?.folder ?? '', 'postmaster.pid'), 'utf8').split('\n')[0]);
    return { pid, version: row?.version ?? '' };
  } finally {
    await client.end();
  }
}
