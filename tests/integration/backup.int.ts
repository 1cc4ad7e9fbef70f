import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { accessPolicySchema, type Connection } from '#shared/contracts/datasource';
import { createDatabase, createPool } from '#shared/persistence/database';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import { ExampleStore } from '#shared/persistence/example.store';
import { migrateToLatest } from '#shared/persistence/migrator';
import { prepareQueue } from '#shared/queue/queue-backend';
import { SealedText } from '#shared/secrets/sealed-text';
import { cleanups } from '../support/cleanups.js';
import { createEmptyDatabase, createStateDatabase, onDatabase } from '../support/database.js';
import { insertQuery } from '../support/queries.js';
import { testServers } from '../support/servers.js';

const cleanup = cleanups();
const { postgresUrl } = testServers();
const connection: Connection = { dialect: 'postgres', url: 'postgres://reader:secret@db.internal/sales' };
const newKey = () => randomBytes(32).toString('base64');

/** `pg_dump` refuses a server that is newer than it is. */
const isDumpable = toolsMajor() >= (await serverMajor());
const itDumps = isDumpable ? it : it.skip;
if (!isDumpable) console.warn('Backup is not tried: no pg_dump as new as the PostgreSQL of the tests.');

itDumps('is restored from a dump, and opens what it sealed with the same key alone', async () => {
  const source = await createStateDatabase(postgresUrl, 4);
  cleanup(() => source.drop());
  await prepareQueue(source.url);
  const key = newKey();
  const id = uuidv7();
  const datasources = new DatasourceStore(source.db, new SealedText(key));
  await datasources.add(
    id,
    'sales',
    connection,
    'postgres://db.internal/sales',
    accessPolicySchema.parse({}),
  );
  await new ExampleStore(source.db).add(id, { question: 'How many? \u{1F4C8}', sql: 'SELECT 1' }, 'ada');
  await insertQuery(source, { datasourceId: id, question: "O'Hara; \\ \u00df", status: 'succeeded' });
  await insertQuery(source, { datasourceId: id, status: 'generating', attempt: 1, proposed: 'SELECT 2' });

  const folder = mkdtempSync(join(tmpdir(), 'nano-test-backup-'));
  cleanup(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'nano.dump');
  execFileSync('pg_dump', ['--format=custom', `--file=${file}`, `--dbname=${source.url}`]);
  const target = await createEmptyDatabase(postgresUrl);
  cleanup(() => target.drop());
  execFileSync('pg_restore', ['--exit-on-error', '--no-owner', `--dbname=${target.url}`, file]);

  const pool = createPool(target.url, 2);
  cleanup(() => pool.end());
  const db = createDatabase(pool);
  await migrateToLatest(db);
  await prepareQueue(target.url);
  expect(await everyRow(target.url)).toEqual(await everyRow(source.url));
  expect((await new DatasourceStore(db, new SealedText(key)).byId(id))?.connection).toEqual(connection);
  const stranger = new DatasourceStore(db, new SealedText(newKey()));
  await expect(stranger.byId(id)).rejects.toMatchObject({ code: 'master_key_wrong' });
  expect(await new ExampleStore(db).all(id)).toMatchObject({ version: 1, examples: [{ sql: 'SELECT 1' }] });
});

/** The rows of every table of the service and of its queue, as JSON, by the table's name. */
function everyRow(url: string): Promise<Record<string, unknown>> {
  return onDatabase(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
    );
    expect(tables.length).toBeGreaterThan(10);
    const found: Record<string, unknown> = {};
    for (const { name } of tables) {
      const { rows } = await client.query(
        `select to_jsonb(t) as row from ${name} t order by to_jsonb(t)::text`,
      );
      found[name] = rows;
    }
    return found;
  });
}

function toolsMajor(): number {
  try {
    return Number(/(\d+)\./.exec(execFileSync('pg_dump', ['--version'], { encoding: 'utf8' }))?.[1]);
  } catch {
    return 0;
  }
}

function serverMajor(): Promise<number> {
  return onDatabase(postgresUrl, async (client) => {
    const { rows } = await client.query<{ version: number }>(
      `select current_setting('server_version_num')::int / 10000 as version`,
    );
    return rows[0]?.version ?? Infinity;
  });
}
