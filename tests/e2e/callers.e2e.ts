import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CheckView } from '#shared/contracts/check';
import type { QueryView } from '#shared/contracts/query';
import { cleanups } from '../support/cleanups.js';
import { until } from '../support/client.js';
import type { DescribedApi } from '../support/described-api.js';
import { type CallersDatabase, makeCallersDatabase } from '../support/rows-of-callers.js';
import { testServers } from '../support/servers.js';
import { type ServiceOptions, startService } from '../support/service.js';

const cleanup = cleanups();
const question = { question: 'Which notes are there?', datasource: 'notes' };
const statement = 'SELECT text FROM note ORDER BY text';
let database: CallersDatabase;
let trusting: DescribedApi;
let careless: DescribedApi;

beforeAll(async () => {
  database = await makeCallersDatabase(testServers().postgresUrl);
  cleanup(() => database.drop());
  const start = async (options: ServiceOptions) => {
    const { api } = await startService(cleanup, options);
    await api.add(
      'notes',
      { dialect: 'postgres', url: database.url },
      { asCaller: { by: 'role', roles: database.roles } },
    );
    await api.add('open-notes', { dialect: 'postgres', url: database.url });
    return api;
  };
  trusting = await start({
    script: () => ({ texts: [statement] }),
    environment: { NANO_CALLER_HEADER: 'X-Caller' },
  });
  careless = await start({ copies: { generator: 0, executor: 0 } });
});

const as = (caller: string) => ({ 'X-Caller': caller });
const ask = (headers: Record<string, string>) => trusting.ask(question, { Prefer: 'wait=60', ...headers });

describe('questions of callers', () => {
  it('are answered with what each may see', async () => {
    expect((await ask(as('ada'))).body).toMatchObject({ status: 'succeeded', rows: [['one'], ['two']] });
    expect((await ask(as('bob'))).body).toMatchObject({ status: 'succeeded', rows: [['three']] });
  });

  it.each([
    ['nobody', {}, 403, 'caller_refused'],
    ['an empty name', as(''), 403, 'caller_refused'],
    ['one without a role', as('carol'), 403, 'caller_refused'],
    ['two at once', as('ada, bob'), 403, 'caller_refused'],
    ['no ASCII', as('ad\u00e4'), 400, 'invalid_request'],
  ])('of %s are refused', async (_, headers, status, code) => {
    expect(await ask(headers)).toMatchObject({ status, body: { code } });
    const check = { datasource: 'notes', statements: ['SELECT 1'] };
    expect(await trusting.request('POST', '/v1/checks', check, headers)).toMatchObject({
      status,
      body: { code },
    });
  });

  it('with the header twice are refused', async () => {
    const { request } = await import('node:http');
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const headers = ['Content-Type', 'application/json', 'X-Caller', 'ada', 'X-Caller', 'bob'];
    const body = JSON.stringify(question);
    request(
      `${trusting.url}/v1/queries`,
      { method: 'POST', headers: [...headers, 'Content-Length', String(body.length)] },
      (response) => resolve(response.resume().statusCode),
    )
      .on('error', reject)
      .end(body);
    expect(await promise).toBe(400);
  });

  it('share no Idempotency-Key', async () => {
    const key = { 'Idempotency-Key': 'notes-1' };
    const first = await ask({ ...as('ada'), ...key });
    expect((await ask({ ...as('ada'), ...key })).body.id).toBe(first.body.id);
    expect(await ask({ ...as('bob'), ...key })).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    });
  });

  it('are seen by whoever asked, and by nobody else', async () => {
    const { id } = (await ask(as('ada'))).body;
    for (const path of ['', '/rows', '/rows.csv', '/rows.jsonl', '/events']) {
      const other = await trusting.request('GET', `/v1/queries/${id}${path}`, undefined, as('bob'));
      expect(other).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect((await trusting.request('GET', `/v1/queries/${id}${path}`)).status).toBe(404);
      const own = await fetch(`${trusting.url}/v1/queries/${id}${path}`, { headers: as('ada') });
      expect(own.status).toBe(200);
      await own.body?.cancel();
    }
    expect((await trusting.request('DELETE', `/v1/queries/${id}`, undefined, as('bob'))).status).toBe(404);
    const shared = await trusting.answer({ ...question, datasource: 'open-notes' });
    const seen = await trusting.request<QueryView>('GET', `/v1/queries/${shared.id}`, undefined, as('bob'));
    expect(seen.body.rows).toEqual([]);
  });

  it('are checked as the caller as well', async () => {
    const statements = ['SELECT 1 / (count(*) - 1) FROM note'];
    const outcomeFor = async (caller: string) => {
      const check = { datasource: 'notes', statements };
      const { body } = await trusting.request<CheckView>('POST', '/v1/checks', check, as(caller));
      const end = await until(30_000, 'the check', async () => {
        const seen = await trusting.request<CheckView>('GET', `/v1/checks/${body.id}`, undefined, as(caller));
        return seen.body.status === 'open' ? undefined : seen.body;
      });
      expect((await trusting.request('GET', `/v1/checks/${body.id}`, undefined, as('eve'))).status).toBe(404);
      return end.results[0]?.outcome;
    };
    expect(await outcomeFor('ada')).toBe('allowed');
    expect(await outcomeFor('bob')).toBe('error');
  });

  it('are not believed where no header is configured', async () => {
    expect(await careless.ask(question, as('ada'))).toMatchObject({
      status: 403,
      body: { code: 'caller_refused' },
    });
  });
});
