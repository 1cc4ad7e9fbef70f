/**
 * `npm run check:repair -- --spider FOLDER --postgres FOLDER`: gold statements of Spider's dev set, written for SQLite, on PostgreSQL:
 * how many run there, how many of the others run after static repair. Exits with 1 if one that runs was changed.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { accessPolicySchema } from '#shared/contracts/datasource';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { Metrics } from '#shared/telemetry/metrics';
import { Repairer } from '../apps/generator/src/repair/repairer.js';
import { introspect } from '../apps/retriever/src/introspection/introspector.js';
import { onDatabase } from '../tests/support/database.js';
import { startPostgres } from '../tests/support/postgres.js';
import { readGold } from './safety/spider.js';
import { loadAll } from './safety/spider-postgres.js';

const { values: options } = parseArgs({
  options: { spider: { type: 'string' }, postgres: { type: 'string' } },
});
const { spider, postgres } = options;
if (spider === undefined || postgres === undefined)
  throw new Error('Name the folders: --spider SPIDER --postgres MIGRATIONS');

const server = await startPostgres();
const repairer = new Repairer(new Metrics());
const urls = await loadAll(server.url, postgres);
const snapshots = new Map<string, SchemaSnapshot>();
for (const [name, url] of urls)
  snapshots.set(name, await introspect({ dialect: 'postgres', url }, accessPolicySchema.parse({})));

const runs = (url: string, sql: string) =>
  onDatabase(url, (client) =>
    client.query(sql).then(
      () => true,
      () => false,
    ),
  );

const counts = { asked: 0, run: 0, changed: 0, mended: 0, runMended: 0 };
for (const { sql, database } of readGold(join(spider, 'dev_gold.sql'))) {
  const [url, snapshot] = [urls.get(database), snapshots.get(database)];
  if (url === undefined || !snapshot) continue;
  counts.asked += 1;
  const [candidate] = await repairer.repairAll([{ sql, outcome: 'proposed' }], snapshot);
  const isChanged = candidate !== undefined && candidate.sql !== sql;
  if (await runs(url, sql)) {
    counts.run += 1;
    if (!isChanged) continue;
    counts.changed += 1;
    process.stdout.write(`${database}: ${sql}\n    became ${candidate.sql}\n`);
  } else if (isChanged) {
    counts.mended += 1;
    if (await runs(url, candidate.sql)) counts.runMended += 1;
  }
}
process.stdout.write(
  `${counts.run} of ${counts.asked} run on PostgreSQL, ${counts.changed} of them were changed\n`,
);
process.stdout.write(`${counts.mended} of the others were mended, ${counts.runMended} of those run\n`);
repairer.onApplicationShutdown();
await server.stop();
process.exit(counts.changed === 0 ? 0 : 1);
