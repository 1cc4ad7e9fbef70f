import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Embed, IndexKey } from '../schema-index.js';
import { type Fault, QdrantServer } from '../test-support/qdrant/qdrant-server.js';
import type { IndexUnit } from '../unit.js';
import { type QdrantOptions, QdrantSchemaIndex } from './qdrant.schema-index.js';

// Qdrant's description is compiled when its operations are first met.
jest.setTimeout(30_000);

let qdrant: QdrantServer;
let key: IndexKey;
const opened: QdrantSchemaIndex[] = [];
beforeEach(async () => {
  qdrant = await QdrantServer.start();
  key = { datasourceId: randomUUID(), part: 'schema', version: 'one', model: 'm' };
});
afterEach(async () => {
  for (const index of opened.splice(0)) await index.close();
  await qdrant.stop();
});

function open(options: Partial<QdrantOptions> = {}): QdrantSchemaIndex {
  const index = new QdrantSchemaIndex({
    url: qdrant.url,
    apiKey: undefined,
    prefix: 'nano',
    shards: undefined,
    replicas: undefined,
    quantization: 'none',
    ...options,
  });
  opened.push(index);
  return index;
}

function table(name: string): IndexUnit {
  const words = { name: [name], body: [], around: [] };
  return { kind: 'table', table: name, column: '', reference: '', text: name, words };
}

/** More than one request holds. */
const units = Array.from({ length: 300 }, (_, at) => table(`t${at}`));
const embed: Embed = async (texts) => texts.map((text) => Float32Array.of(1, text.length, 0, 0));
const asked = { stems: ['t7'], vector: null };
const hit = { kind: 'table', table: 't7' };

/** Answers the first requests of a kind with a fault. */
function failing(times: number, wanted: string, fault: Fault): () => number {
  let left = times;
  qdrant.intercept = (operation) => {
    if (operation !== wanted || left === 0) return undefined;
    left -= 1;
    return fault;
  };
  return () => times - left;
}

const queryPoints = 'POST /collections/{name}/points/query';
const upsert = 'PUT /collections/{name}/points';

describe('Qdrant that is away for a moment', () => {
  it('is asked again', async () => {
    const index = open();
    const refused = failing(2, upsert, { status: 503 });
    await index.build(key, units, embed);
    expect(refused()).toBe(2);
    failing(2, queryPoints, { status: 500, body: 'out of memory' });
    expect((await index.search(key, asked))[0]).toMatchObject(hit);
  });

  it('is given the time that it asks for', async () => {
    const index = open();
    await index.build(key, units, embed);
    failing(1, queryPoints, { status: 429, headers: { 'retry-after': '1' } });
    const started = performance.now();
    expect((await index.search(key, asked))[0]).toMatchObject(hit);
    expect(performance.now() - started).toBeGreaterThan(990);
    failing(1, queryPoints, { status: 429, headers: { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' } });
    expect((await index.search(key, asked))[0]).toMatchObject(hit);
  });

  it('is left to the queue when it asks for long', async () => {
    const index = open();
    await index.build(key, units, embed);
    failing(9, queryPoints, { status: 429, headers: { 'retry-after': '9' } });
    const started = performance.now();
    await expect(index.search(key, asked)).rejects.toMatchObject({
      kind: 'retryable',
      code: 'index_unavailable',
      retryAfterMs: 9_000,
    });
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('Qdrant that is not there', () => {
  it('is a failure that may pass, after some tries', async () => {
    const index = open({ url: 'http://127.0.0.1:1' });
    const started = performance.now();
    await expect(index.has(key)).rejects.toMatchObject({
      kind: 'retryable',
      code: 'index_unavailable',
      stage: 'retrieve',
      message: expect.stringContaining('fetch failed'),
    });
    expect(performance.now() - started).toBeLessThan(6_000);
    const checked = performance.now();
    await expect(index.check()).rejects.toMatchObject({ code: 'index_unavailable' });
    expect(performance.now() - checked).toBeLessThan(1_000);
  });

  it('is told from something else at its address, and from a wrong key', async () => {
    const index = open({ apiKey: 'secret' });
    const permanent = { kind: 'permanent', code: 'index_invalid' };
    qdrant.intercept = () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' });
    await expect(index.has(key)).rejects.toMatchObject(permanent);
    qdrant.intercept = () => ({ status: 403, body: 'forbidden' });
    await expect(index.has(key)).rejects.toMatchObject({
      ...permanent,
      message: expect.stringContaining('QDRANT_API_KEY'),
    });
    expect([...qdrant.apiKeys]).toEqual(['secret']);
  });
});

describe('a collection', () => {
  it('that is deleted is named, and made again by the next build', async () => {
    const index = open();
    await index.build(key, units, embed);
    qdrant.collections.clear();
    await expect(index.search(key, asked)).rejects.toMatchObject({
      kind: 'permanent',
      code: 'index_invalid',
      message: expect.stringMatching(/nano-2-4 is missing.*datasource refresh/s),
    });
    expect(await index.has(key)).toBe(false);
    await expect(index.search(key, asked)).rejects.toMatchObject({ code: 'index_invalid' });
    await index.build(key, units, embed);
    expect((await index.search(key, asked))[0]).toMatchObject(hit);
  });

  it('of other dimensions than the model is refused, with both numbers', async () => {
    const index = open();
    await index.build(key, units, embed);
    const vector = Float32Array.of(1, 0);
    const refusal = {
      kind: 'permanent',
      code: 'index_invalid',
      message: expect.stringMatching(/nano-2-4 has vectors of 4 dimensions.* gives 2/),
    };
    await expect(index.search(key, { stems: [], vector })).rejects.toMatchObject(refusal);
    const more = [...units, table('other')];
    const narrow: Embed = async (texts) => texts.map(() => vector);
    await expect(index.build({ ...key, version: 'two' }, more, narrow)).rejects.toMatchObject(refusal);
    expect((await index.search(key, asked))[0]).toMatchObject(hit);
  });

  it('that somebody else made otherwise is refused', async () => {
    const vectors = { meaning: { size: 3, distance: 'Cosine' } };
    const made = { vectors, sparse_vectors: { words: { modifier: 'idf' } } };
    const answer = await fetch(`${qdrant.url}/collections/nano-2-4`, {
      method: 'PUT',
      body: JSON.stringify(made),
    });
    expect(answer.status).toBe(200);
    await expect(open().build(key, units, embed)).rejects.toMatchObject({ code: 'index_invalid' });
  });

  it('has the shards, replicas and quantisation that are configured, and an index of each field that filters', async () => {
    const index = open({ shards: 6, replicas: 2, quantization: 'scalar', prefix: 'other' });
    await index.build(key, units, embed);
    expect((await index.search(key, { ...asked, vector: Float32Array.of(1, 2, 0, 0) }))[0]).toBeDefined();
    const { config, indexes } = qdrant.collections.get('other-2-4')!;
    expect(config).toMatchObject({
      shard_number: 6,
      replication_factor: 2,
      quantization_config: { scalar: { type: 'int8' } },
    });
    expect([...indexes.keys()].sort()).toEqual(['datasourceId', 'kind', 'part', 'versions', 'without']);
    expect(indexes.get('datasourceId')).toMatchObject({ is_tenant: true });
    const vectors = { binary: open({ quantization: 'binary', prefix: 'b' }), words: open({ prefix: 'w' }) };
    await vectors.binary.build(key, units, embed);
    await vectors.words.build({ ...key, model: null }, units, null);
    expect([...qdrant.collections.keys()]).toEqual(['other-2-4', 'b-2-4', 'w-2-words']);
  });

  it('that not all nodes of a cluster know yet is waited for by the queue', async () => {
    const index = open();
    const gone = { status: 404, body: JSON.stringify({ status: { error: 'no such collection' } }) };
    for (const operation of ['GET /collections/{name}', upsert]) {
      let made = false;
      qdrant.intercept = (one) => {
        made ||= one === 'PUT /collections/{name}' || operation === upsert;
        return made && one === operation ? gone : undefined;
      };
      await expect(index.build(key, units, embed)).rejects.toMatchObject({
        kind: 'retryable',
        code: 'index_unavailable',
      });
    }
    qdrant.intercept = () => undefined;
    await index.build(key, units, embed);
    expect((await index.search(key, asked))[0]).toMatchObject(hit);
  });

  it('may be made by several retrievers at once', async () => {
    const keys = Array.from({ length: 4 }, () => ({ ...key, datasourceId: randomUUID() }));
    await Promise.all(keys.map((one) => open().build(one, units, embed)));
    for (const one of keys) expect((await open().search(one, asked))[0]).toMatchObject(hit);
  });
});

describe('a build', () => {
  it('that dies in the middle leaves the version before, and is taken up where it was', async () => {
    const two = { ...key, version: 'two' };
    const changed = Array.from({ length: 1_200 }, (_, at) => table(`u${at}`));
    await open().build(key, units, embed);
    let upserts = 0;
    qdrant.intercept = (operation) =>
      operation === upsert && (upserts += 1) > 8 ? { status: 400, body: 'killed' } : undefined;
    await expect(open().build(two, changed, embed)).rejects.toMatchObject({ code: 'index_invalid' });
    qdrant.intercept = () => undefined;
    const other = open();
    expect(await other.has(two)).toBe(false);
    expect((await other.search(key, asked))[0]).toMatchObject(hit);
    const embedded: string[] = [];
    await other.build(two, changed, (texts) => {
      embedded.push(...texts);
      return embed(texts);
    });
    expect(embedded.length).toBeGreaterThan(0);
    expect(embedded.length).toBeLessThan(changed.length);
    expect(await other.search(two, { stems: ['u7', 'u1199'], vector: null })).toHaveLength(2);
  });

  it('keeps the version before and no older one', async () => {
    const index = open();
    const other = open();
    const version = (name: string) => ({ ...key, version: name });
    for (const name of ['one', 'two', 'three'])
      await index.build(version(name), [...units, table(name)], embed);
    expect(
      await index.search(version('three'), { stems: ['one', 'two', 'three'], vector: null }),
    ).toHaveLength(1);
    expect(await other.has(version('two'))).toBe(true);
    expect(await other.has(version('one'))).toBe(false);
    const { points } = qdrant.collections.get('nano-2-4')!;
    const kinds = Map.groupBy(points.byId.values(), ({ payload }) => payload['kind']);
    expect(kinds.get('version')).toHaveLength(2);
    // That of the first version, which the others have for their base, stays with it.
    expect(kinds.get('table')).toHaveLength(units.length + 3);
    const others = Array.from({ length: 100 }, (_, at) => table(`v${at}`));
    for (const name of ['four', 'five']) await index.build(version(name), [...others, table(name)], embed);
    const left = [...points.byId.values()].filter(({ payload }) => payload['kind'] === 'table');
    expect(left).toHaveLength(others.length + 2);
    await expect(index.search(version('one'), { stems: ['one'], vector: null })).rejects.toMatchObject({
      code: 'index_invalid',
    });
  });

  it('writes to points that differ from the version before alone, as long as few do', async () => {
    const index = open();
    const version = (name: string) => ({ ...key, version: name });
    await index.build(key, units, embed);
    const { points } = qdrant.collections.get('nano-2-4')!;
    const states = () => new Map([...points.byId].map(([id, { payload }]) => [id, JSON.stringify(payload)]));
    const written = (before: ReadonlyMap<string, string>) =>
      [...states()].filter(([id, state]) => before.get(id) !== state).length;
    const found = async (name: string) =>
      (await index.search(version(name), { stems: ['t7', 't8', 'new', 'newer'], vector: null })).map(
        (hit) => hit.table,
      );

    let before = states();
    await index.build(version('two'), [...units.filter((unit) => unit.table !== 't7'), table('new')], embed);
    // The new one, the one that is left out, and the mark of the version.
    expect(written(before)).toBe(3);
    expect((await found('two')).sort()).toEqual(['new', 't8']);
    expect((await found('one')).sort()).toEqual(['t7', 't8']);

    before = states();
    await index.build(
      version('three'),
      [...units.filter((unit) => unit.table !== 't8'), table('newer')],
      embed,
    );
    expect(written(before)).toBe(3);
    expect((await found('three')).sort()).toEqual(['newer', 't7']);
    expect((await found('two')).sort()).toEqual(['new', 't8']);

    const half = units.slice(0, 150);
    await index.build(version('four'), half, embed);
    expect(await found('four')).toEqual(expect.arrayContaining(['t7', 't8']));
    expect(await found('four')).toHaveLength(2);
    await index.build(version('five'), half, embed);
    expect(await found('five')).toHaveLength(2);
    // Nobody has the first version for a base any more.
    expect(points.byId.size).toBe(half.length + 2);
  });

  it('of another retriever at the same time takes nothing from this one', async () => {
    const versions = ['two', 'three', 'four'].map((version) => ({ ...key, version }));
    await open().build(key, units, embed);
    await Promise.all(versions.map((one) => open().build(one, [...units, table('new')], embed)));
    const asking = { stems: units.slice(0, 50).flatMap(({ words }) => words.name), vector: null };
    const served: number[] = [];
    for (const one of versions)
      if (await open().has(one)) served.push((await open().search(one, asking)).length);
    expect(served.length).toBeGreaterThanOrEqual(2);
    expect(new Set(served)).toEqual(new Set([50]));
  });

  it('gives each version what is in it, whatever other retrievers build meanwhile', async () => {
    const all = Array.from({ length: 40 }, (_, at) => table(`t${at}`));
    const asking = { stems: all.map((unit) => unit.table), vector: null };
    for (let round = 0; round < 8; round += 1) {
      const wanted = [1, 2, 3].map((step) => {
        const gone = new Set(
          Array.from({ length: step * 2 }, (_, at) => `t${(round * 7 + step * 11 + at * 5) % 40}`),
        );
        return all.filter((unit) => !gone.has(unit.table));
      });
      const versions = wanted.map((_, at) => ({ ...key, version: `${round} ${at}` }));
      await Promise.all(versions.map((one, at) => open().build(one, wanted[at]!, embed)));
      const reader = open();
      let served = 0;
      for (const [at, one] of versions.entries()) {
        if (!(await reader.has(one))) continue;
        served += 1;
        const found = (await reader.search(one, asking)).map((unit) => unit.table);
        expect(found.sort()).toEqual(wanted[at]!.map((unit) => unit.table).sort());
      }
      expect(served).toBeGreaterThanOrEqual(2);
    }
  });

  it('is one request for a search, whatever the lists', async () => {
    const index = open();
    await index.build(key, units, embed);
    const before = qdrant.exchanges.length;
    await index.search(key, { stems: ['t7'], vector: Float32Array.of(1, 2, 0, 0) });
    expect(qdrant.operations.slice(before)).toEqual([queryPoints]);
  });
});
