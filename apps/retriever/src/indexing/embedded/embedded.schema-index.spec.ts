import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { schemaIndexSuite } from '../test-support/schema-index.suite.js';
import type { IndexKey } from '../schema-index.js';
import type { IndexUnit } from '../unit.js';
import { EmbeddedSchemaIndex } from './embedded.schema-index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nano-test-index-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the embedded schema index', () => {
  schemaIndexSuite(() => Promise.resolve(new EmbeddedSchemaIndex(folder)));

  const key: IndexKey = { datasourceId: 'd', part: 'schema', version: 'one', model: 'm' };
  const unit = (name: string): IndexUnit => ({
    kind: 'table',
    table: name,
    column: '',
    reference: '',
    text: name,
    words: { name: [], body: [], around: [] },
  });
  /** One direction a number, so that each name is nearest to itself. */
  const vectorOf = (name: string) => {
    const number = Number(name.slice(1));
    return Float32Array.from({ length: 64 }, (_, at) => (at < 16 ? ((number >> at) % 2 ? 1 : -1) : 0.1) / 5);
  };
  const embed = async (texts: readonly string[]) => texts.map(vectorOf);
  const nearest = async (index: EmbeddedSchemaIndex, name: string) => {
    const hits = await index.search(key, { stems: [], vector: vectorOf(name) });
    return hits[0]?.table;
  };

  it('finds vectors in whatever chunk they are, and none that went', async () => {
    const index = new EmbeddedSchemaIndex(folder);
    const units = Array.from({ length: 4_500 }, (_, at) => unit(`t${at}`));
    await index.build(key, units, embed);
    for (const name of ['t0', 't4094', 't4095', 't4499']) expect(await nearest(index, name)).toBe(name);
    const left = units.filter(({ table }) => table !== 't4095' && table !== 't4499');
    await index.build({ ...key, version: 'two' }, [...left, unit('t20000')], embed);
    expect(await nearest(index, 't4095')).not.toBe('t4095');
    expect(await nearest(index, 't20000')).toBe('t20000');
    expect(await nearest(index, 't4094')).toBe('t4094');
    await index.close();
  }, 30_000);

  it('searches on while versions are swapped, and the index is dropped and built again', async () => {
    const [index, other] = [new EmbeddedSchemaIndex(folder), new EmbeddedSchemaIndex(folder)];
    const named = (name: string): IndexUnit => ({
      ...unit(name),
      words: { name: [name], body: [], around: [] },
    });
    const found = async (stem: string) =>
      (await index.search(key, { stems: [stem], vector: vectorOf(stem) })).map((hit) => hit.table);
    await expect(found('t1')).rejects.toMatchObject({ code: 'index_invalid' });
    await index.build(key, [named('t1'), named('t2')], embed);
    expect((await found('t2'))[0]).toBe('t2');
    await other.build({ ...key, version: 'two' }, [named('t2'), named('t3')], embed);
    expect((await found('t3'))[0]).toBe('t3');
    expect(await nearest(index, 't3')).toBe('t3');
    expect(await found('t1')).not.toContain('t1');
    await other.drop(key.datasourceId);
    await expect(found('t3')).rejects.toMatchObject({ kind: 'permanent', code: 'index_invalid' });
    await other.build(key, [named('t4')], null);
    expect(await found('t4')).toEqual(['t4']);
    await Promise.all([index.close(), other.close()]);
  });

  it('has each version whole, whatever another process builds while texts are embedded', async () => {
    const [index, other] = [new EmbeddedSchemaIndex(folder), new EmbeddedSchemaIndex(folder)];
    const units = Array.from({ length: 10 }, (_, at) => unit(`t${at}`));
    await index.build(key, units, embed);
    const [two, three] = [
      { ...key, version: 'two' },
      { ...key, version: 'three' },
    ];
    let times = 0;
    await index.build(two, [...units, unit('t10'), unit('t11')], async (texts) => {
      times += 1;
      if (times === 1) await other.build(three, [...units.slice(5), unit('t10')], embed);
      return embed(texts);
    });
    expect(await index.has(two)).toBe(true);
    for (let at = 0; at < 12; at += 1) expect(await nearest(index, `t${at}`)).toBe(`t${at}`);
    await Promise.all([index.close(), other.close()]);
  });

  it('keeps nothing of cells that it no longer has, nor of what was dropped', async () => {
    const index = new EmbeddedSchemaIndex(folder);
    const cells = (at: number): IndexUnit => ({
      kind: 'values',
      table: `t${at}`,
      column: 'c',
      reference: '',
      text: '',
      words: { name: [], body: [`secretcell${at}`, 'other'], around: [] },
    });
    const tables = Array.from({ length: 50 }, (_, at) => unit(`t${at}`));
    const held = () =>
      readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes('secretcell'));
    await index.build(key, [...tables, ...tables.map((_, at) => cells(at))], embed);
    expect(held()).toBe(true);
    await index.build({ ...key, version: 'two' }, tables, embed);
    expect(held()).toBe(false);
    await index.build({ ...key, version: 'three' }, [...tables, cells(1)], embed);
    expect(held()).toBe(true);
    await index.drop(key.datasourceId);
    expect(held()).toBe(false);
    await index.close();
  });

  it('keeps the statements of so many parts only, and searches all of them', async () => {
    const index = new EmbeddedSchemaIndex(folder);
    const keys = Array.from({ length: 70 }, (_, at): IndexKey => ({ ...key, datasourceId: `d${at}` }));
    for (const [at, one] of keys.entries()) await index.build(one, [unit(`t${at}`)], embed);
    for (const [at, one] of [...keys, ...keys].entries())
      expect(await index.search(one, { stems: [], vector: vectorOf('t1') })).toEqual([
        expect.objectContaining({ table: `t${at % keys.length}` }),
      ]);
    await index.close();
  });

  it('refuses a question whose vector has other dimensions', async () => {
    const index = new EmbeddedSchemaIndex(folder);
    await index.build(key, [unit('t1')], embed);
    const vector = new Float32Array(96).fill(0.1);
    await expect(index.search(key, { stems: [], vector })).rejects.toMatchObject({
      kind: 'permanent',
      code: 'index_invalid',
    });
    expect(await nearest(index, 't1')).toBe('t1');
    await index.close();
  });
});
