import { beforeAll, describe, expect, it } from '@jest/globals';
import type { DescribedDatasource, Descriptions } from '#shared/contracts/descriptions';
import { cleanups } from '../support/cleanups.js';
import { until } from '../support/client.js';
import type { DescribedApi } from '../support/described-api.js';
import type { ScriptedModel } from '../support/scripted-model.js';
import { startService } from '../support/service.js';

const cleanup = cleanups();
const path = '/v1/datasources/small/descriptions';
let api: DescribedApi;
let model: ScriptedModel;

beforeAll(async () => {
  ({ api, model } = await startService(cleanup));
});

const descriptions: Descriptions = {
  tables: {
    PERSON: {
      description: 'Everybody we know of',
      synonyms: ['folk'],
      columns: { born: { description: 'Day of birth' }, nane: { description: 'x' } },
    },
    citty: { description: 'x' },
  },
  terms: { local: 'A person who lives in Wien' },
};

interface Detail {
  status: string;
  fingerprint: string;
  tables: { name: string; description?: string }[];
  terms: { term: string; definition: string }[];
}

async function ready(): Promise<Detail> {
  return until(20_000, 'the snapshot', async () => {
    const { body } = await api.request<Detail>('GET', '/v1/datasources/small');
    return body.status === 'ready' ? body : undefined;
  });
}

describe('descriptions', () => {
  it('are kept whole, warn of names that are not there, and reach the model', async () => {
    const before = await ready();
    expect((await api.request<DescribedDatasource>('GET', path)).body).toEqual({
      descriptions: {},
      warnings: [],
    });
    const put = await api.request<DescribedDatasource>('PUT', path, descriptions);
    expect(put).toMatchObject({
      status: 200,
      body: {
        descriptions,
        warnings: [
          'There is no column nane in PERSON; the nearest is name.',
          'There is no table citty; the nearest is city.',
        ],
      },
    });
    expect((await api.request<DescribedDatasource>('GET', path)).body).toEqual(put.body);
    const after = await ready();
    expect(after.fingerprint).not.toBe(before.fingerprint);
    expect(after.tables.find(({ name }) => name === 'person')?.description).toBe('Everybody we know of');
    expect([before.terms, after.terms]).toEqual([
      [],
      [{ term: 'local', definition: 'A person who lives in Wien' }],
    ]);
    await api.answer({ question: 'How many folk are there?', datasource: 'small' });
    const prompt = JSON.stringify(model.requests.at(-1));
    expect(prompt).toContain('table person -- Everybody we know of; also called: folk (3 rows)');
    expect(prompt).toContain('born date -- Day of birth');
    await api.request('PUT', path, {});
    expect((await ready()).fingerprint).toBe(before.fingerprint);
  });

  it('may be those of thousands of tables', async () => {
    const tables = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, index) => [`t${index}`, { description: 'x'.repeat(1_000) }]),
    );
    expect((await api.request('PUT', path, { tables })).status).toBe(200);
    await api.request('PUT', path, {});
    await ready();
  });

  it('have a bound, at which the gateway hangs up', async () => {
    const large = { tables: { person: { description: 'x'.repeat(9_000_000) } } };
    // It does not read to the end of what it refuses: a client may see its answer or the end of the connection.
    const status = await api.request('PUT', path, large).then(
      (answer) => answer.status,
      (error: unknown) => String(error),
    );
    expect([413, 'TypeError: fetch failed']).toContain(status);
    expect((await api.request<DescribedDatasource>('GET', path)).body.descriptions).toEqual({});
  });

  it.each<[string, unknown]>([
    ['an unknown field', { tables: { person: { colour: 'red' } } }],
    ['an unknown part', { words: {} }],
    ['a term without text', { terms: { churn: 5 } }],
    ['a list', []],
    ['a description that is too long', { tables: { person: { description: 'x'.repeat(2_001) } } }],
    ['too many synonyms', { tables: { person: { synonyms: Array.from({ length: 51 }, () => 'x') } } }],
    ['NUL in a name', { tables: { 'a\0': {} } }],
  ])('with %s are refused and change nothing', async (_, body) => {
    expect(await api.request('PUT', path, body)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    });
    expect((await api.request<DescribedDatasource>('GET', path)).body.descriptions).toEqual({});
  });
});
