import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { QdrantServer } from '../../apps/retriever/src/indexing/test-support/qdrant/qdrant-server.js';
import { cleanups } from '../support/cleanups.js';
import { ApiClient } from '../support/client.js';
import { createEmptyDatabase, type EmptyDatabase } from '../support/database.js';
import { runBackup } from '../support/backup-script.js';
import { type DebianPostgres, startDebianPostgres } from '../support/debian-postgres.js';
import { type ScriptedModel, startScriptedModel } from '../support/scripted-model.js';
import { testServers } from '../support/servers.js';
import { countPeople, makeSmallDatabase } from '../support/small-database.js';
import { Stack } from '../support/stack.js';

const cleanup = cleanups();
const database = makeSmallDatabase();
const folder = mkdtempSync(join(tmpdir(), 'nano-test-backup-'));
const masterKey = randomBytes(32).toString('base64');
const counting = { question: 'How many people?', datasource: 'small' };
const verified = { question: 'Who was approved?', datasource: 'small' };
let postgres: DebianPostgres;
let model: ScriptedModel;

beforeAll(async () => {
  cleanup(() => database.remove());
  cleanup(async () => rmSync(folder, { recursive: true, force: true }));
  postgres = await startDebianPostgres();
  cleanup(() => postgres.stop());
  model = await startScriptedModel(() => ({ texts: [countPeople.sql] }));
  cleanup(() => model.stop());
});

/** Queue and index are empty each time: neither is part of a backup. The database goes with the stack. */
async function start(state: EmptyDatabase, key: string): Promise<{ stack: Stack; api: ApiClient }> {
  const qdrant = await QdrantServer.start();
  cleanup(() => qdrant.stop());
  const stack = await Stack.start({
    databaseUrl: postgres.url,
    database: state,
    queueUrl: testServers().redisUrl ?? state.url,
    modelUrl: model.url,
    environment: { NANO_MASTER_KEY: key, QDRANT_URL: qdrant.url },
  });
  cleanup(() => stack.stop());
  return { stack, api: new ApiClient(stack.url) };
}

async function restored(file: string): Promise<EmptyDatabase> {
  const state = await createEmptyDatabase(postgres.url);
  postgres.run('pg_restore', '--no-owner', '--exit-on-error', `--dbname=${state.url}`, file);
  return state;
}

it('restores all that there was from a backup of PostgreSQL that was made while questions were asked', async () => {
  const before = await start(await createEmptyDatabase(postgres.url), masterKey);
  await before.api.addSqlite('small', database.file);
  const sql = 'SELECT count(*) AS n FROM person WHERE 1 = 1';
  const added = await before.api.request('POST', '/v1/datasources/small/examples', {
    question: verified.question,
    sql,
  });
  expect(added.status).toBe(201);
  const answered = await before.api.answer(counting);
  const meanwhile = Promise.all(Array.from({ length: 20 }, () => before.api.answer(counting)));
  const { made, stderr } = await runBackup(postgres, before.stack.databaseUrl, folder);
  expect(stderr).toBe('');
  const file = join(folder, made!);
  for (const { status } of await meanwhile) expect(status).toBe('succeeded');

  const { api } = await start(await restored(file), masterKey);
  expect(await api.query(answered.id)).toEqual(answered);
  expect(await api.answer(counting)).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
  expect(await api.answer(verified)).toMatchObject({
    status: 'succeeded',
    sql,
    attempts: [{ origin: { kind: 'verified_example' } }],
  });

  const other = await start(await restored(file), randomBytes(32).toString('base64'));
  expect(await other.api.query(answered.id)).toEqual(answered);
  expect(await other.api.answer(counting)).toMatchObject({
    status: 'failed',
    error: { code: 'master_key_wrong' },
  });
});
