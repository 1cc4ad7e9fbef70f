import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from '@jest/globals';
import { QdrantServer } from '../../apps/retriever/src/indexing/test-support/qdrant/qdrant-server.js';
import { cleanups } from '../support/cleanups.js';
import { ApiClient, until } from '../support/client.js';
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
const reseal = fileURLToPath(new URL('../../dist/apps/gateway/src/reseal.main.js', import.meta.url));
const newKey = () => randomBytes(32).toString('base64');
const masterKey = newKey();
const counting = { question: 'How many people?', datasource: 'small' };
const held = { question: 'How many people stay?', datasource: 'small' };
const verified = { question: 'Who was approved?', datasource: 'small' };
let postgres: DebianPostgres;
let model: ScriptedModel;
let release: () => void;

beforeAll(async () => {
  cleanup(() => database.remove());
  cleanup(async () => rmSync(folder, { recursive: true, force: true }));
  postgres = await startDebianPostgres();
  cleanup(() => postgres.stop());
  const after = new Promise<void>((resolve) => (release = resolve));
  model = await startScriptedModel(({ question }) => ({
    texts: [countPeople.sql],
    ...(question.includes(held.question) && { after }),
  }));
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
    environment: { NANO_MASTER_KEY: key, QDRANT_URL: qdrant.url, RECONCILE_PERIOD_MS: '500' },
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
  const open = (await before.api.ask(held)).body;
  await until(30_000, 'the model to be asked', async () =>
    model.requests.some(({ question }) => question.includes(held.question)) ? true : undefined,
  );
  const meanwhile = Promise.all(Array.from({ length: 20 }, () => before.api.answer(counting)));
  const { made, stderr } = await runBackup(postgres, before.stack.databaseUrl, folder);
  expect(stderr).toBe('');
  const file = join(folder, made!);
  for (const { status } of await meanwhile) expect(status).toBe('succeeded');
  release();

  const { api } = await start(await restored(file), masterKey);
  expect(await api.query(answered.id)).toEqual(answered);
  expect(await api.ended(open.id, 60_000)).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
  expect(await api.answer(counting)).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
  expect(await api.answer(verified)).toMatchObject({
    status: 'succeeded',
    sql,
    attempts: [{ origin: { kind: 'verified_example' } }],
  });

  const otherKey = newKey();
  const other = await start(await restored(file), otherKey);
  expect(await other.api.query(answered.id)).toEqual(answered);
  expect(await other.api.answer(counting)).toMatchObject({
    status: 'failed',
    error: { code: 'master_key_wrong' },
  });
  const environment = {
    DATABASE_URL: other.stack.databaseUrl,
    NANO_MASTER_KEY: otherKey,
    NANO_MASTER_KEY_PREVIOUS: masterKey,
  };
  expect(spawnSync(process.execPath, [reseal], { env: environment, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('resealed 1; cannot open 0'),
  });
  expect(await other.api.answer(counting)).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
});
