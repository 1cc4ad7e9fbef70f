import { expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startPostgres } from './postgres.js';

it('starts a PostgreSQL that answers, and leaves nothing', async () => {
  const postgres = await startPostgres();
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await client.end();
  await postgres.stop();
  await expect(new Client({ connectionString: postgres.url }).connect()).rejects.toThrow('ECONNREFUSED');
}, 60_000);
