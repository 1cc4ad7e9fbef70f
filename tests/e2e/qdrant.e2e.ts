import { beforeAll, describe, expect, it } from '@jest/globals';
import { QdrantServer } from '../../apps/retriever/src/indexing/test-support/qdrant/qdrant-server.js';
import { cleanups } from '../support/cleanups.js';
import type { DescribedApi } from '../support/described-api.js';
import { startService } from '../support/service.js';
import { countPeople } from '../support/small-database.js';
import type { Stack } from '../support/stack.js';

const cleanup = cleanups();
let qdrant: QdrantServer;
let stack: Stack;
let api: DescribedApi;

beforeAll(async () => {
  qdrant = await QdrantServer.start();
  cleanup(() => qdrant.stop());
  ({ api, stack } = await startService(cleanup, {
    copies: { retriever: 2 },
    environment: { QDRANT_URL: qdrant.url, QDRANT_API_KEY: 'key-of-qdrant' },
  }));
});

const ask = () => api.answer({ question: 'How many people?', datasource: 'small' });
const builds = () => qdrant.operations.filter((operation) => operation === 'PUT /collections/{name}').length;

describe('retrievers on one Qdrant', () => {
  it('index a datasource once, with the key that is configured', async () => {
    for (let times = 0; times < 8; times += 1) expect((await ask()).rows).toEqual(countPeople.rows);
    expect(builds()).toBe(1);
    const markers = qdrant.exchanges.filter(({ body }) => JSON.stringify(body ?? null).includes('"ready"'));
    expect(markers).toHaveLength(1);
    expect([...qdrant.apiKeys]).toEqual(['key-of-qdrant']);
  });

  it('build it again when it is lost', async () => {
    qdrant.collections.clear();
    expect((await ask()).rows).toEqual(countPeople.rows);
    expect(builds()).toBe(2);
    expect([...qdrant.collections.keys()]).toEqual(['nano-2-words']);
  });

  it('are ready only while it answers, and answer when it is back', async () => {
    const ready = async () => (await fetch(new URL('/readyz', stack.all('retriever')[0]!.url))).json();
    expect(await ready()).toMatchObject({
      status: 'ok',
      details: {
        index: { status: 'up', adapter: 'qdrant' },
        embeddings: { status: 'up', model: expect.any(String) },
      },
    });
    qdrant.intercept = () => ({ status: 503, body: 'starting' });
    expect(await ready()).toMatchObject({ status: 'error', error: { index: { status: 'down' } } });
    let refused = 0;
    qdrant.intercept = () => ((refused += 1) > 10 ? undefined : { status: 503, body: 'starting' });
    expect((await ask()).rows).toEqual(countPeople.rows);
    expect(refused).toBeGreaterThan(10);
  });
});
