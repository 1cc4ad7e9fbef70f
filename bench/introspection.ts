/**
 * `npm run bench:introspection [-- --tables 10000]`: how long the schema of a PostgreSQL with so many tables takes to read, and
 * to infer foreign keys in. See docs/retrieval.md.
 */
import { parseArgs } from 'node:util';
import { accessPolicySchema } from '#shared/contracts/datasource';
import { inferForeignKeys } from '../apps/retriever/src/introspection/inferred-keys.js';
import { introspect } from '../apps/retriever/src/introspection/introspector.js';
import { createEmptyDatabase, onDatabase } from '../tests/support/database.js';
import { startPostgres } from '../tests/support/postgres.js';
import { makeWarehouse } from '../tests/support/warehouse.js';

const { values } = parseArgs({ options: { tables: { type: 'string', default: '10000' } } });
const count = Number(values.tables);

const server = await startPostgres();
try {
  const { url } = await createEmptyDatabase(server.url);
  await onDatabase(url, async (client) => {
    await makeWarehouse(client, count);
    await client.query('analyze');
  });
  const started = performance.now();
  const { tables } = await introspect({ dialect: 'postgres', url }, accessPolicySchema.parse({}));
  const introspectMs = performance.now() - started;
  const bare = tables.map((table) => ({ ...table, foreignKeys: [] }));
  const inferring = performance.now();
  inferForeignKeys(bare);
  const inferMs = performance.now() - inferring;
  const columns = tables.reduce((sum, table) => sum + table.columns.length, 0);
  const inferred = tables.reduce((sum, table) => sum + table.foreignKeys.length, 0);
  const rounded = { introspectMs: Math.round(introspectMs), inferMs: Math.round(inferMs) };
  console.log(JSON.stringify({ tables: tables.length, columns, inferred, ...rounded }));
} finally {
  await server.stop();
}
