import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Example, ExampleList } from '#shared/contracts/example';
import { cleanups } from '../support/cleanups.js';
import { DescribedApi } from '../support/described-api.js';
import { startScriptedModel } from '../support/scripted-model.js';
import { testServers } from '../support/servers.js';
import { countPeople, makeSmallDatabase } from '../support/small-database.js';
import { Stack } from '../support/stack.js';

const cleanup = cleanups();
const database = makeSmallDatabase();
const path = '/v1/datasources/small/examples';
const question = 'How many people?';
let api: DescribedApi;

beforeAll(async () => {
  cleanup(() => database.remove());
  const model = await startScriptedModel(() => ({ texts: [countPeople.sql] }));
  cleanup(() => model.stop());
  const { postgresUrl } = testServers();
  const stack = await Stack.start({
    databaseUrl: postgresUrl,
    queueUrl: postgresUrl,
    modelUrl: model.url,
    environment: { NANO_CALLER_HEADER: 'x-caller' },
  });
  cleanup(() => stack.stop());
  api = await DescribedApi.open(stack.url);
  await api.addSqlite('small', database.file);
});

describe('verified examples', () => {
  it('are kept, replaced, listed and taken back', async () => {
    const added = await api.request<Example>(
      'POST',
      path,
      { question, sql: 'DROP TABLE person' },
      { 'x-caller': 'ada' },
    );
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({ question, sql: 'DROP TABLE person', approvedBy: 'ada' });
    // It was kept and not run.
    expect((await api.answer({ question, datasource: 'small' })).rows).toEqual(countPeople.rows);
    const replaced = await api.request<Example>('POST', path, { question, sql: countPeople.sql });
    expect(replaced.body).toMatchObject({ id: added.body.id, sql: countPeople.sql });
    expect(replaced.body.approvedBy).toBeUndefined();
    const { body } = await api.request<ExampleList>('GET', path);
    expect(body).toEqual({ examples: [replaced.body], next: null });
    const after = await api.request<ExampleList>('GET', `${path}?after=${added.body.id}`);
    expect(after.body.examples).toEqual([]);
    expect((await api.request('DELETE', `${path}/${added.body.id}`)).status).toBe(204);
    expect((await api.request('DELETE', `${path}/${added.body.id}`)).status).toBe(404);
    expect((await api.request<ExampleList>('GET', path)).body.examples).toEqual([]);
  });

  it.each([
    ['no SQL', { question }, 400, 'invalid_request'],
    ['a question that is too long', { question: 'x'.repeat(4_001), sql: 'SELECT 1' }, 400, 'invalid_request'],
    ['SQL that is too long', { question, sql: 'x'.repeat(20_001) }, 400, 'invalid_request'],
    ['NUL', { question, sql: 'SELECT \0' }, 400, 'invalid_request'],
    ['an unknown field', { question, sql: 'SELECT 1', approvedBy: 'eve' }, 400, 'invalid_request'],
  ])('refuse %s', async (_, body, status, code) => {
    expect(await api.request('POST', path, body)).toMatchObject({ status, body: { code } });
  });

  it('are of a datasource that there is', async () => {
    const body = { question, sql: 'SELECT 1' };
    const answer = await api.request('POST', '/v1/datasources/none/examples', body);
    expect(answer).toMatchObject({ status: 404, body: { code: 'unknown_datasource' } });
    expect((await api.request('DELETE', `${path}/1`)).status).toBe(404);
    expect((await api.request('GET', `${path}?after=1`)).status).toBe(400);
  });
});
