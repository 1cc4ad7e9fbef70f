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

async function request(method: string, path: string): Promise<unknown> {
  const response = await fetch(new URL(path, url), { method, headers: apiKey ? { 'api-key': apiKey } : {} });
  return response.json();
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

describe(`the schema index in ${real === undefined ? 'a stand-in for Qdrant' : 'Qdrant'}`, () => {
  schemaIndexSuite(async () => open());
});

describe.each(['scalar', 'binary'] as const)('with %s quantisation', (quantization) => {
  schemaIndexSuite(async () => open(quantization));
});

describe('versions', () => {
  const table = (name: string): IndexUnit => ({
    kind: 'table',
    table: name,
    column: '',
    reference: '',
    text: '',
    words: { name: [name], body: [], around: [] },
  });
  const units = Array.from({ length: 300 }, (_, at) => table(`t${at}`));
  const found = { stems: units.slice(0, 50).map((unit) => unit.table), vector: null };

  it('that several retrievers build at once take nothing from each other, and but two are kept', async () => {
    const key: IndexKey = { datasourceId: randomUUID(), part: 'schema', version: 'one', model: null };
    const indexes = [open(), open(), open()] as const;
    await indexes[0].build(key, units, null);
    const versions = ['two', 'three', 'four'].map((version) => ({ ...key, version }));
    await Promise.all(versions.map((one, at) => indexes[at]!.build(one, [...units, table('new')], null)));
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
  const key = (): IndexKey => ({ datasourceId: randomUUID(), part: 'schema', version: 'one', model: null });
  const table = (name: string, ...words: string[]) => ({
    kind: 'table' as const,
    table: name,
    column: '',
    reference: '',
    text: '',
    words: { name: words, body: [], around: [] },
  });

  it('weighs more the rarer it is, and the shorter its unit, in its datasource', async () => {
    const index = open();
    const one = key();
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
    const [one, other] = [key(), key()];
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
