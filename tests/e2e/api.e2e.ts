import { beforeAll, describe, expect, it } from '@jest/globals';
import type { QueryView } from '#shared/contracts/query';
import { errorCatalogue, type ErrorCode } from '#shared/errors/catalogue';
import { cleanups } from '../support/cleanups.js';
import { ApiClient } from '../support/client.js';
import type { DescribedApi } from '../support/described-api.js';
import { startService } from '../support/service.js';
import type { SmallDatabase } from '../support/small-database.js';
import type { Stack } from '../support/stack.js';

const key = 'a-key-of-the-tests-1';
const otherKey = 'a-key-of-the-tests-2';
const json = { 'Content-Type': 'application/json' };

const cleanup = cleanups();
let stack: Stack;
let api: DescribedApi;
let database: SmallDatabase;

beforeAll(async () => {
  ({ api, stack, database } = await startService(cleanup, {
    environment: { NANO_API_KEYS: `${key}, ${otherKey}`, NANO_DEFAULT_DATASOURCE: '' },
    headers: { Authorization: `Bearer ${key}` },
  }));
});

function send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(stack.url + path, {
    method,
    redirect: 'manual',
    ...init,
    headers: { Authorization: `Bearer ${key}`, ...(init.headers as Record<string, string>) },
  });
}

async function expectProblem(
  response: Response,
  code: ErrorCode,
  detail: RegExp,
  method = 'POST',
): Promise<void> {
  const body: unknown = await response.json();
  expect(body).toEqual({
    type: `urn:nano-analyst:error:${code}`,
    title: errorCatalogue[code].meaning,
    status: errorCatalogue[code].http,
    detail: expect.stringMatching(detail),
    code,
  });
  expect(response.status).toBe(errorCatalogue[code].http);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  api.check(method, new URL(response.url).pathname, {
    status: response.status,
    headers: response.headers,
    body,
  });
}

describe('problem documents', () => {
  const question = 'How many people?';
  it.each<[string, string, ErrorCode, RegExp]>([
    ['no JSON', '{"question":', 'invalid_request', /JSON/],
    ['an empty body', '', 'invalid_request', /./],
    ['a list', '[]', 'invalid_request', /object/],
    ['no question', '{}', 'invalid_request', /^question: /],
    ['an empty question', '{"question":"  "}', 'invalid_request', /^question: /],
    ['a question that is no text', '{"question":7}', 'invalid_request', /^question: .*string/],
    [
      'a question that is too long',
      JSON.stringify({ question: 'x'.repeat(4_001) }),
      'invalid_request',
      /^question: .*4000/,
    ],
    ['an unknown field', JSON.stringify({ question, colour: 1 }), 'invalid_request', /colour/],
    ['__proto__', `{"question":"x","__proto__":{"datasource":"small"}}`, 'invalid_request', /./],
    [
      'too many corrections',
      JSON.stringify({ question, maxCorrections: 6 }),
      'invalid_request',
      /^maxCorrections: .*5/,
    ],
    [
      'no whole candidates',
      JSON.stringify({ question, candidates: 1.5 }),
      'invalid_request',
      /^candidates: /,
    ],
    [
      'a name that is none',
      JSON.stringify({ question, datasource: 'A B' }),
      'invalid_request',
      /^datasource: a name is/,
    ],
    ['an unknown datasource', JSON.stringify({ question, datasource: 'none' }), 'unknown_datasource', /none/],
    ['no datasource', JSON.stringify({ question }), 'no_default_datasource', /Name a datasource/],
    ['too large a body', JSON.stringify({ question: 'x'.repeat(300_000) }), 'payload_too_large', /./],
  ])('for %s', async (_, body, code, detail) => {
    await expectProblem(await send('POST', '/v1/queries', { body, headers: json }), code, detail);
  });

  it.each<[string, string, RequestInit, ErrorCode]>([
    ['an unknown route', 'GET /v1/nothing', {}, 'not_found'],
    ['an unknown query', 'GET /v1/queries/0196b0c0-0000-7000-8000-000000000001', {}, 'not_found'],
    ['an id that is none', 'GET /v1/queries/1', {}, 'not_found'],
    [
      'events of an unknown query',
      'GET /v1/queries/0196b0c0-0000-7000-8000-000000000001/events',
      {},
      'not_found',
    ],
    [
      'an unknown query to cancel',
      'DELETE /v1/queries/0196b0c0-0000-7000-8000-000000000001',
      {},
      'not_found',
    ],
    ['a wrong method', 'PUT /v1/queries', { body: '{}', headers: json }, 'method_not_allowed'],
    [
      'a wrong method of a resource',
      'PUT /v1/datasources/small',
      { body: '{}', headers: json },
      'method_not_allowed',
    ],
    [
      'a body of another type',
      'POST /v1/queries',
      { body: 'question=x', headers: { 'Content-Type': 'text/plain' } },
      'unsupported_media_type',
    ],
    ['an unknown datasource to show', 'GET /v1/datasources/none', {}, 'unknown_datasource'],
    ['an unknown datasource to refresh', 'POST /v1/datasources/none/refresh', {}, 'unknown_datasource'],
    ['an unknown datasource to remove', 'DELETE /v1/datasources/none', {}, 'unknown_datasource'],
    ['a path that is not encoded', 'GET /v1/datasources/%zz', {}, 'invalid_request'],
    ['a path that is too long', `GET /v1/datasources/${'x'.repeat(300)}`, {}, 'not_found'],
  ])('for %s', async (_, route, init, code) => {
    const [method = '', path = ''] = route.split(' ');
    await expectProblem(await send(method, path, init), code, /./, method);
  });

  it('name the methods that there are', async () => {
    expect((await send('PUT', '/v1/queries')).headers.get('allow')).toBe('POST');
    expect((await send('POST', '/v1/datasources/small')).headers.get('allow')).toBe('GET, PATCH, DELETE');
  });

  it('for a name that is taken and a key that is used', async () => {
    const connection = { dialect: 'sqlite', file: database.file };
    const again = await api.request('POST', '/v1/datasources', { name: 'small', connection });
    expect(again).toMatchObject({ status: 409, body: { code: 'datasource_exists' } });
    const used = { 'Idempotency-Key': 'once' };
    const request = { question, datasource: 'small' };
    const [first, repeated] = [await api.ask(request, used), await api.ask(request, used)];
    expect(repeated.body.id).toBe(first.body.id);
    expect(await api.ask({ ...request, candidates: 2 }, used)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    });
    expect(await api.ask(request, { 'Idempotency-Key': 'x'.repeat(256) })).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    });
  });
});

describe('the API key', () => {
  it.each(['/', '/healthz', '/readyz', '/openapi.json', '/docs'])('%s needs none', async (path) => {
    expect((await fetch(stack.url + path)).status).toBe(200);
  });

  it.each([
    'POST /v1/queries',
    'GET /v1/queries/1',
    'GET /v1/datasources',
    'DELETE /v1/datasources/small',
    'GET /metrics',
  ])('%s needs one', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const wrong = [
      '',
      'Bearer ',
      'Bearer wrong',
      `Basic ${key}`,
      `Bearer ${key}x`,
      `Bearer ${key},${otherKey}`,
    ];
    for (const authorization of wrong) {
      const response = await send(method, path, { headers: { Authorization: authorization } });
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      await expectProblem(response, 'unauthorized', /Bearer/, method);
    }
    expect((await send(method, path.replace('small', 'none'))).status).not.toBe(401);
  });

  it('may be any of those that are set, and is never shown', async () => {
    const other = new ApiClient(stack.url, { Authorization: `Bearer ${otherKey}` });
    expect((await other.request('GET', '/v1/datasources')).status).toBe(200);
    expect(stack.logs()).not.toContain(key);
    expect(stack.logs()).not.toContain(otherKey);
  });
});

describe('the description', () => {
  it('is OpenAPI 3.1 and describes every route of the API', () => {
    expect(api.description.openapi).toBe('3.1.0');
    expect(api.operations).toEqual(
      expect.arrayContaining([
        'POST /v1/queries',
        'GET /v1/queries/{id}',
        'GET /v1/queries/{id}/events',
        'DELETE /v1/queries/{id}',
        'POST /v1/datasources',
        'GET /v1/datasources',
        'GET /v1/datasources/{name}',
        'POST /v1/datasources/{name}/refresh',
        'DELETE /v1/datasources/{name}',
      ]),
    );
  });

  it('fits what is answered in the life of a datasource and a query', async () => {
    await api.addSqlite('life', database.file, { maxRows: 5, denyTables: ['city'] });
    expect((await api.request('GET', '/v1/datasources')).status).toBe(200);
    expect((await api.request('POST', '/v1/datasources/life/refresh')).status).toBe(202);
    const asked = await api.ask({ question: 'How many people?', datasource: 'life' }, { Prefer: 'wait=30' });
    expect(asked).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    const { id } = asked.body;
    expect((await api.request<QueryView>('GET', `/v1/queries/${id.toUpperCase()}`)).body.id).toBe(id);
    expect((await api.request('DELETE', `/v1/queries/${id}`)).status).toBe(200);
    expect(await api.events(id)).toHaveLength(5);
    const seen = await api.request('GET', `/v1/queries/${id}/events`, undefined, { 'Last-Event-ID': '5' });
    expect(seen.status).toBe(204);
    expect((await api.request('DELETE', '/v1/datasources/life')).status).toBe(204);
    expect((await api.query(id)).datasource).toBe('life');
  });

  it('is shown to people at /docs, from / on, without anything from elsewhere', async () => {
    const root = await send('GET', '/');
    expect([root.status, root.headers.get('location')]).toEqual([302, '/docs']);
    const page = await (await fetch(`${stack.url}/docs`)).text();
    const parts = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) {
      const url = new URL(part, `${stack.url}/docs`);
      expect(url.origin).toBe(new URL(stack.url).origin);
      expect((await fetch(url)).status).toBe(200);
    }
    const settings = await (await fetch(`${stack.url}/docs/swagger-ui-init.js`)).text();
    expect(settings).toMatch(/"validatorUrl":\s*null/);
  });
});

it('has health and metrics in every app', async () => {
  for (const app of stack.everything()) {
    const client = new ApiClient(app.url, { Authorization: `Bearer ${key}` });
    expect(await client.request('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await client.request('GET', '/readyz')).toMatchObject({
      status: 200,
      body: { status: 'ok', details: { database: { status: 'up' }, queue: { status: 'up' } } },
    });
    const { status, headers, body } = await client.request<string>('GET', '/metrics');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(body).toContain('process_cpu_seconds_total');
    expect(body).not.toContain('How many people');
  }
});
