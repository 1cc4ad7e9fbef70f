import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import type { Embed, IndexKey, SchemaIndex } from '../schema-index.js';
import { unitsOf } from '../snapshot-units.js';
import type { IndexUnit } from '../unit.js';
import { questionStems } from '../words.js';

/** Dimensions of the vectors of the suite: no multiple of 8, as some models have it. */
const dimension = 20;

/** A stand-in for a model: words that mean alike share a dimension, all others fall on one by their letters. */
const meanings = [
  ['customer', 'client', 'buyer'],
  ['revenue', 'sales', 'turnover'],
];

function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(dimension);
  for (const found of text.toLowerCase().match(/[a-z]+/g) ?? []) {
    const word = found.replace(/s$/, '');
    const meaning = meanings.findIndex((words) => words.includes(word));
    const letters = [...word].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
    const at = meaning >= 0 ? meaning : meanings.length + (letters % (dimension - meanings.length));
    vector[at] = (vector[at] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

const embed: Embed = (texts) => Promise.resolve(texts.map(vectorOf));

function table(name: string, columns: Record<string, string[]>): TableSnapshot {
  return {
    name,
    kind: 'table',
    primaryKey: [],
    foreignKeys: [],
    columns: Object.entries(columns).map(([column, sampleValues]) => ({
      name: column,
      type: 'text',
      nullable: true,
      sampleValues,
    })),
  };
}

const tables = [
  table('customers', { full_name: ['Ada Byron'], city: ['Zürich', 'Oslo'] }),
  table('orders', { placed_on: [], status: ['cancelled'] }),
  table('staff', { first_name: [], hired_on: [] }),
];
const units = (of: TableSnapshot[]): IndexUnit[] =>
  unitsOf({ dialect: 'sqlite', fingerprint: '', takenAt: '', tables: of });

/** What every schema index must do. Each test has datasources of its own, so that one server can serve all. */
export function schemaIndexSuite(open: () => Promise<SchemaIndex>): void {
  let index: SchemaIndex;
  let key: IndexKey;
  const version = (name: string): IndexKey => ({ ...key, version: name });
  const search = (question: string, vector: Float32Array | null = null, of = key) =>
    index.search(of, { stems: questionStems(question), vector });

  beforeEach(async () => {
    index = await open();
    key = { datasourceId: crypto.randomUUID(), part: 'schema', version: 'one', model: 'letters' };
  });
  afterEach(async () => {
    await index.drop(key.datasourceId);
    await index.close();
  });

  it('has a version once it is built, and no other', async () => {
    expect(await index.has(key)).toBe(false);
    await index.build(key, units(tables), null);
    expect(await index.has(key)).toBe(true);
    expect(await index.has(version('two'))).toBe(false);
  });

  it('finds tables by the stems of their names and columns, best first', async () => {
    await index.build(key, units(tables), null);
    const hits = await search('How many customers are there in each city?');
    expect(hits[0]).toMatchObject({ kind: 'table', table: 'customers' });
    expect(hits).toContainEqual(
      expect.objectContaining({ kind: 'column', table: 'customers', column: 'city' }),
    );
    expect(hits.map((hit) => hit.score)).toEqual(hits.map((hit) => hit.score).sort((a, b) => b - a));
    expect(hits.some((hit) => hit.table === 'orders')).toBe(false);
  });

  it('finds columns by their cells, whatever the accents', async () => {
    await index.build(key, units(tables), null);
    expect(await search('who lives in zurich')).toEqual([
      expect.objectContaining({ kind: 'values', table: 'customers', column: 'city' }),
    ]);
  });

  it('finds names and cells in any script, letters without their marks', async () => {
    const named = ['ลูกค้า', 'தமிழ்', 'ग्राहक', 'العملاء', '客户', '고객', 'клиенты', 'ÆØÅ_straße'].map((name) =>
      table(name, { id: [] }),
    );
    await index.build(key, units([...named, table('places', { city: ['Łódź', 'München', '東京都'] })]), null);
    for (const { name } of named) expect((await search(`x ${name}`))[0]).toMatchObject({ table: name });
    for (const [asked, name] of [
      ['AEOA strasse', 'ÆØÅ_straße'],
      ['lodz', 'places'],
      ['munchen', 'places'],
      ['東京都', 'places'],
    ] as const)
      expect((await search(asked))[0]).toMatchObject({ table: name });
  });

  it('finds nothing where no word is known, and takes any text for words', async () => {
    await index.build(key, units(tables), null);
    for (const question of ['', '?', '"', "'); drop table units; --", 'NEAR(a b) AND *', '😀', '\u0000'])
      expect(await search(question)).toEqual([]);
  });

  it('finds by meaning what no word names', async () => {
    await index.build(key, units(tables), embed);
    const hits = await search('clients', vectorOf('clients client buyer'));
    expect(hits[0]).toMatchObject({ table: 'customers' });
  });

  it('follows a schema that changes, and embeds what is new alone', async () => {
    await index.build(key, units(tables), embed);
    const embedded: string[] = [];
    const changed = [...tables.slice(0, 2), table('invoices', { total: [] })];
    await index.build(version('two'), units(changed), (texts) => {
      embedded.push(...texts);
      return embed(texts);
    });
    expect(embedded.sort()).toEqual(['invoices total', 'invoices: total']);
    expect(await search('staff hired', null, version('two'))).toEqual([]);
    expect((await search('invoices total', null, version('two')))[0]).toMatchObject({ table: 'invoices' });
    expect((await search('customers', null, version('two')))[0]).toMatchObject({ table: 'customers' });
  });

  it('embeds a text once, however many units have it', async () => {
    const copies = ['a.readings', 'b.readings', 'c.readings'].map((name) => table(name, { taken_on: [] }));
    const embedded: string[] = [];
    await index.build(key, units(copies), (texts) => {
      embedded.push(...texts);
      return embed(texts);
    });
    expect(embedded.sort()).toEqual(['readings taken on', 'readings: taken on']);
    const hits = await search('when', vectorOf('readings taken on'));
    expect(new Set(hits.map((hit) => hit.table))).toEqual(new Set(copies.map(({ name }) => name)));
  });

  it('embeds anew what another model embedded before', async () => {
    const wider: Embed = async (texts) =>
      (await embed(texts)).map((vector) => Float32Array.of(...vector, 0, 0, 0, 0, 0, 0, 0, 0));
    const two = { ...version('two'), model: 'wider' };
    await index.build(key, units(tables), embed);
    await index.build(two, units(tables), wider);
    const [client] = await wider(['client client buyer']);
    expect((await search('clients', client, two))[0]).toMatchObject({ table: 'customers' });
    const embedded: string[] = [];
    await index.build({ ...version('three'), model: 'as wide' }, units(tables), (texts) => {
      embedded.push(...texts);
      return wider(texts);
    });
    expect(embedded).toHaveLength(units(tables).filter(({ text }) => text !== '').length);
  });

  it('goes on serving the version before when a build fails', async () => {
    await index.build(key, units(tables), embed);
    const failing: Embed = () => Promise.reject(new Error('no embeddings'));
    await expect(
      index.build(version('two'), units([table('invoices', { total: [] })]), failing),
    ).rejects.toThrow('no embeddings');
    expect(await index.has(key)).toBe(true);
    expect(await index.has(version('two'))).toBe(false);
    expect((await search('customers'))[0]).toMatchObject({ table: 'customers' });
    expect(await search('invoices')).toEqual([]);
  });

  it('keeps datasources and parts apart, and forgets what is dropped', async () => {
    const other: IndexKey = { ...key, datasourceId: crypto.randomUUID() };
    const examples: IndexKey = { ...key, part: 'examples' };
    const words = { name: ['custom'], body: [], around: [] };
    await index.build(key, units(tables), null);
    await index.build(other, units([table('customers_of_others', { city: [] })]), null);
    await index.build(
      examples,
      [{ kind: 'example', table: '', column: '', reference: 'e1', text: '', words }],
      null,
    );
    expect(new Set((await search('customers')).map((hit) => hit.table))).toEqual(new Set(['customers']));
    expect(await search('customers', null, examples)).toEqual([
      { kind: 'example', table: '', column: '', reference: 'e1', score: expect.any(Number) },
    ]);
    await index.drop(other.datasourceId);
    expect(await index.has(other)).toBe(false);
    expect(await index.has(key)).toBe(true);
  });

  it('takes two builds at once', async () => {
    await Promise.all([
      index.build(key, units(tables), embed),
      index.build(version('two'), units(tables), embed),
    ]);
    expect((await search('customers', null, version('two')))[0]).toMatchObject({ table: 'customers' });
  });
}
