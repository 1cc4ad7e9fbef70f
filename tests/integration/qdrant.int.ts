import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { QdrantSchemaIndex } from '../../apps/retriever/src/indexing/qdrant/qdrant.schema-index.js';
import { QdrantServer } from '../../apps/retriever/src/indexing/test-support/qdrant/qdrant-server.js';
import { schemaIndexSuite } from '../../apps/retriever/src/indexing/test-support/schema-index.suite.js';
import type { IndexKey } from '../../apps/retriever/src/indexing/schema-index.js';
import type { IndexUnit } from '../../apps/retriever/src/indexing/unit.js';

/** A real server where the environment names one, else the stand-in. */
const real = process.env['QDRANT_URL'] || undefined;
/** Names of collections of this run alone, deleted after it. */
const prefix = `nano-test-${randomUUID().slice(0, 8)}`;
const apiKey = process.env['QDRANT_API_KEY'] || undefined;
let standIn: QdrantServer | undefined;
let url: string;

beforeAll(async () => {
  if (real === undefined) standIn = await QdrantServer.start();
  url = real ?? standIn!.url;
});
afterAll(async () => {
  if (real !== undefined)
    for (const name of await collections()) await request('DELETE', `/collections/${name}`);
  await standIn?.stop();
});

async function ask(method: string, path: string, body?: FormData): Promise<Response> {
  const headers: Record<string, string> = apiKey ? { 'api-key': apiKey } : {};
  const response = await fetch(new URL(path, url), { method, headers, ...(body && { body }) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

async function request(method: string, path: string): Promise<unknown> {
  return (await ask(method, path)).json();
}

async function collections(): Promise<string[]> {
  const { result } = (await request('GET', '/collections')) as {
    result: { collections: { name: string }[] };
  };
  return result.collections.map(({ name }) => name).filter((name) => name.startsWith(prefix));
}

/** Qdrant before 1.19 counts words over the whole collection. */
async function countsByDatasource(): Promise<boolean> {
  if (real === undefined) return true;
  const { version } = (await request('GET', '/')) as { version: string };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || minor >= 19;
}

function open(quantization: 'none' | 'scalar' | 'binary' = 'none'): QdrantSchemaIndex {
  const start = quantization === 'none' ? prefix : `${prefix}-${quantization}`;
  return new QdrantSchemaIndex({
    url,
    apiKey,
    prefix: start,
    shards: undefined,
    replicas: undefined,
    quantization,
  });
}

const newKey = (): IndexKey => ({ datasourceId: randomUUID(), part: 'schema', version: 'one', model: null });

/** @param words those of its name */
const table = (name: string, ...words: string[]): IndexUnit => ({
  kind: 'table',
  table: name,
  column: '',
  reference: '',
  text: '',
  words: { name: words, body: [], around: [] },
});

describe(`the schema index in ${real === undefined ? 'a stand-in for Qdrant' : 'Qdrant'}`, () => {
  schemaIndexSuite(async () => open());
});

describe.each(['scalar', 'binary'] as const)('with %s quantisation', (quantization) => {
  schemaIndexSuite(async () => open(quantization));
});

describe('versions', () => {
  const units = Array.from({ length: 300 }, (_, at) => table(`t${at}`, `t${at}`));
  const found = { stems: units.slice(0, 50).map((unit) => unit.table), vector: null };

  it('that several retrievers build at once take nothing from each other, and but two are kept', async () => {
    const key = newKey();
    const indexes = [open(), open(), open()] as const;
    await indexes[0].build(key, units, null);
    const versions = ['two', 'three', 'four'].map((version) => ({ ...key, version }));
    await Promise.all(
      versions.map((one, at) => indexes[at]!.build(one, [...units, table('new', 'new')], null)),
    );
    let kept = 0;
    for (const one of versions) {
      if (!(await indexes[0].has(one))) continue;
      kept += 1;
      expect(await indexes[0].search(one, found)).toHaveLength(50);
    }
    expect(kept).toBeGreaterThanOrEqual(2);
    await indexes[1].build({ ...key, version: 'five' }, units, null);
    expect(await indexes[2].has(key)).toBe(false);
    expect(await indexes[2].search({ ...key, version: 'five' }, found)).toHaveLength(50);
    await indexes[0].drop(key.datasourceId);
  });
});

describe('a word', () => {
  it('weighs more the rarer it is, and the shorter its unit, in its datasource', async () => {
    const index = open();
    const one = newKey();
    const units = [
      ...Array.from({ length: 20 }, (_, at) => table(`common${at}`, 'often')),
      table('rare', 'seldom'),
      table('long', 'seldom', ...Array.from({ length: 30 }, (_, at) => `more${at}`)),
    ];
    await index.build(one, units, null);
    const hits = await index.search(one, { stems: ['often', 'seldom'], vector: null });
    expect(hits).toHaveLength(22);
    expect(hits[0]).toMatchObject({ table: 'rare' });
    expect(hits[0]!.score).toBeCloseTo(1 / 6, 5);
    expect(hits[1]!.score).toBeCloseTo(1 / 7, 5);
    await index.drop(one.datasourceId);
    await index.close();
  });

  it('is as rare as it is in its own datasource, whatever others hold', async () => {
    const index = open();
    const [one, other] = [newKey(), newKey()];
    const many = Array.from({ length: 40 }, (_, at) => table(`many${at}`, 'seldom'));
    await index.build(other, many, null);
    const units = [table('a', 'often'), table('b', 'often'), table('c', 'often'), table('d', 'seldom')];
    await index.build(one, units, null);
    const hits = await index.search(one, { stems: ['often', 'seldom'], vector: null });
    expect(hits[0]).toMatchObject({ table: (await countsByDatasource()) ? 'd' : 'a' });
    for (const { datasourceId } of [one, other]) await index.drop(datasourceId);
    await index.close();
  });
});

// The stand-in has no snapshots.
if (real !== undefined)
  describe('a snapshot of a collection', () => {
    it('brings an index back, as docs/operations.md has it', async () => {
      const key = newKey();
      const units = [table('city', 'town')];
      const index = open();
      await index.build(key, units, null);
      const name = (await collections()).find((each) => each.endsWith('words') && !each.includes('ary'))!;
      const made = await request('POST', `/collections/${name}/snapshots`);
      const { result } = made as { result: { name: string } };
      const file = await (await ask('GET', `/collections/${name}/snapshots/${result.name}`)).blob();
      await request('DELETE', `/collections/${name}`);
      expect(await open().has(key)).toBe(false);

      const form = new FormData();
      form.set('snapshot', file, result.name);
      await ask('POST', `/collections/${name}/snapshots/upload?priority=snapshot`, form);
      const restored = open();
      expect(await restored.has(key)).toBe(true);
      expect(await restored.search(key, { stems: ['town'], vector: null })).toMatchObject([
        { table: 'city' },
      ]);
      for (const each of [index, restored]) await each.close();
    });
  });
