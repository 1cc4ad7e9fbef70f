import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Example, ExampleList } from '#shared/contracts/example';
import { cleanups } from '../support/cleanups.js';
import type { DescribedApi } from '../support/described-api.js';
import type { ScriptedModel } from '../support/scripted-model.js';
import { startService } from '../support/service.js';
import { countPeople } from '../support/small-database.js';
import type { Stack } from '../support/stack.js';

const cleanup = cleanups();
const path = '/v1/datasources/small/examples';
const question = 'How many people?';
let api: DescribedApi;
let model: ScriptedModel;
let stack: Stack;

beforeAll(async () => {
  const environment = { NANO_CALLER_HEADER: 'x-caller' };
  ({ api, model, stack } = await startService(cleanup, { environment }));
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

describe('a verified example', () => {
  const add = async (example: { question: string; sql: string }) =>
    (await api.request<Example>('POST', path, example)).body.id;
  const asked = () => model.requests.length;
  const ids: string[] = [];

  afterEach(async () => {
    for (const id of ids.splice(0)) await api.request('DELETE', `${path}/${id}`);
  });

  it('answers its question without the model, through the same states', async () => {
    const id = await add({ question: 'Where does Ada live?', sql: 'SELECT name FROM city WHERE id = 1' });
    ids.push(id);
    const before = asked();
    const query = await api.answer({ question: '  where does ADA live ', datasource: 'small' });
    expect(query).toMatchObject({ status: 'succeeded', rows: [['Wien']] });
    expect(query.attempts).toMatchObject([
      {
        number: 1,
        model: 'verified-example',
        origin: { kind: 'verified_example', exampleId: id, question: 'Where does Ada live?' },
        promptTokens: null,
      },
    ]);
    expect(asked()).toBe(before);
    const events = await api.events(query.id);
    expect(events.map(({ status }) => status)).toEqual(['queued', 'retrieving', 'executing', 'succeeded']);
    expect(query.tables.sort()).toEqual(['city', 'person']);
    expect(query.timings.retrieve).toBeGreaterThan(0);
    expect(query.timings.generate).toBe(0);
  });

  it('answers with the literals of a question like its own', async () => {
    const sql = "SELECT count(*) FROM person JOIN city ON city_id = city.id WHERE city.name = 'Wien'";
    ids.push(await add({ question: 'How many people live in Wien?', sql }));
    const before = asked();
    const query = await api.answer({ question: 'How many people live in berlin?', datasource: 'small' });
    expect(query).toMatchObject({ rows: [[1]], sql: sql.replace('Wien', 'Berlin') });
    expect(query.attempts[0]?.origin).toMatchObject({
      kind: 'near_example',
      literals: [{ from: 'Wien', to: 'berlin' }],
    });
    expect(asked()).toBe(before);
    // Austria is no city: the model is asked, with the example before it.
    await api.answer({ question: 'How many people live in Austria?', datasource: 'small' });
    expect(asked()).toBe(before + 1);
    expect(model.requests.at(-1)?.prompt).toContain(sql);
  });

  it('that fails goes to the model with its traceback, which takes no correction away', async () => {
    ids.push(await add({ question: 'Who is oldest?', sql: 'SELECT nme FROM person' }));
    const query = await api.answer({ question: 'who is oldest', datasource: 'small', maxCorrections: 0 });
    expect(query).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
    expect(query.attempts.map(({ model: name, candidates }) => [name, candidates[0]?.outcome])).toEqual([
      ['verified-example', 'failed'],
      ['scripted', 'succeeded'],
    ]);
    expect(model.requests.at(-1)?.prompt).toContain('SQL: SELECT nme FROM person\nError (unknown_column): ');
  });

  it('is held to the guard as any SQL', async () => {
    ids.push(await add({ question: 'Forget them all', sql: 'DELETE FROM person' }));
    const query = await api.answer({ question: 'forget them all', datasource: 'small' });
    expect(query.attempts[0]?.candidates[0]).toMatchObject({
      outcome: 'rejected',
      error: { class: 'policy' },
    });
    expect(query.rows).toEqual(countPeople.rows);
  });

  it('answers each of many once, though retrievers are killed', async () => {
    ids.push(await add({ question: 'Who is youngest?', sql: 'SELECT name FROM person WHERE id = 1' }));
    const before = asked();
    const accepted = await Promise.all(
      Array.from({ length: 40 }, () => api.ask({ question: 'who is youngest', datasource: 'small' })),
    );
    for (const retriever of stack.all('retriever')) await retriever.restart('SIGKILL');
    for (const { body } of accepted) {
      const query = await api.ended(body.id, 30_000);
      expect(query).toMatchObject({ status: 'succeeded', rows: [['Ada']] });
      expect(query.attempts).toHaveLength(1);
    }
    expect(asked()).toBe(before);
  });
});
