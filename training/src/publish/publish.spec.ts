import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readCatalogue } from '#shared/models/read-catalogue';
import { type ScriptedModel, startScriptedModel } from '../../../tests/support/scripted-model.js';
import { makeAdapter } from '../../test-support/made-adapter.js';
import type { Evaluation } from './history.js';
import { publish, type PublishOptions } from './publish.js';
import { rollback } from './rollback.js';

const unset = { LLM_TIMEOUT_MS: 60_000, LLM_MAX_TOKENS: 512 };

describe('publishing', () => {
  let folder: string;
  let volume: string;
  let catalogueFile: string;
  let servers: ScriptedModel[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nano-publishing-'));
    volume = join(folder, 'adapters');
    catalogueFile = join(folder, 'models.yaml');
    servers = [await server(), await server()];
    const endpoints = servers.map(({ url }, at) => ({ name: `e${at}`, url }));
    writeFileSync(catalogueFile, JSON.stringify({ endpoints, models: [{ name: 'base' }] }));
  });

  afterEach(async () => {
    await Promise.all(servers.map((each) => each.stop()));
    rmSync(folder, { recursive: true });
  });

  async function server(): Promise<ScriptedModel> {
    const started = await startScriptedModel(() => ({ texts: ['SELECT 1'] }));
    // Any folder of the volume that is there can be loaded.
    const loadable = new Proxy(
      {},
      {
        get: (_, name) => (existsSync(join(volume, String(name))) ? `/served/${String(name)}` : undefined),
      },
    );
    started.vllm = { grammar: 'held', models: ['base'], loadable, waiting: 0 };
    return started;
  }

  const found = (part: Partial<Evaluation> = {}): Evaluation => ({
    questions: 100,
    exBefore: 0.5,
    exAfter: 0.6,
    onlyBefore: 2,
    onlyAfter: 12,
    pValue: 0.01,
    written: 1,
    results: 'results',
    ...part,
  });

  const shared = () => ({
    role: 'sql',
    volume,
    catalogueFile,
    readCatalogue: (file: string) => readCatalogue({ ...unset, MODELS_FILE: file }, {}),
    model: undefined,
    now: () => new Date(0),
  });

  function put(fill: number, options: Partial<PublishOptions> = {}) {
    return publish({
      ...shared(),
      adapter: makeAdapter(join(folder, `made-${fill}`), { fill }),
      served: '/served',
      maxRank: 32,
      allowedLoss: 0,
      evaluate: () => Promise.resolve(found()),
      say: () => undefined,
      ...options,
    });
  }

  const inUse = () =>
    (
      parse(readFileSync(catalogueFile, 'utf8')) as { models: { adapters?: { name: string }[] }[] }
    ).models[0]?.adapters?.map(({ name }) => name) ?? [];
  const history = () =>
    readFileSync(join(volume, 'publications.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const folders = () => readdirSync(volume).filter((name) => !name.includes('publi'));
  const loaded = () => servers.map(({ vllm }) => vllm?.models.filter((name) => name !== 'base'));

  it('copies, loads everywhere, examines and switches, and tells it all', async () => {
    const former = process.umask(0o077);
    let seen: string[] = [];
    const record = await put(1, {
      evaluate: ({ before, after }, name) => {
        seen = [before, after].map((file) => readFileSync(file, 'utf8'));
        expect(loaded()).toEqual([[name], [name]]);
        return Promise.resolve(found());
      },
    });
    process.umask(former);
    const name = record?.to?.name ?? '';
    expect(name).toMatch(/^sql-[0-9a-f]{12}$/);
    expect(seen.map((text) => text.includes(name))).toEqual([false, true]);
    expect(inUse()).toEqual([name]);
    expect(history()).toEqual([
      expect.objectContaining({
        action: 'published',
        from: null,
        to: { name, path: `/served/${name}`, template: 'llama3' },
      }),
    ]);
    // What it was trained on, by its name.
    const manifest = JSON.parse(readFileSync(join(volume, name, 'data-manifest.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({ verifiedExamples: ['e1'] });
    expect(statSync(join(volume, name)).mode & 0o777).toBe(0o755);
    expect(statSync(join(volume, name, 'adapter_config.json')).mode & 0o777).toBe(0o644);
  });

  it('puts a second one in the place of the first, and goes back step by step', async () => {
    const first = (await put(1))?.to?.name;
    const second = (await put(2))?.to?.name;
    expect(inUse()).toEqual([second]);
    await rollback(shared());
    expect(inUse()).toEqual([first]);
    await rollback(shared());
    expect(inUse()).toEqual([]);
    await expect(rollback(shared())).rejects.toThrow(/nothing to go back to/);
    expect(history().map(({ action }) => action)).toEqual([
      'published',
      'published',
      'rolled_back',
      'rolled_back',
    ]);
  });

  it('goes back through an adapter that was in use twice', async () => {
    const first = (await put(1))?.to?.name;
    const second = (await put(2))?.to?.name;
    await put(1);
    const passed = [];
    for (let back = 0; back < 3; back += 1) {
      await rollback(shared());
      passed.push(inUse());
    }
    expect(passed).toEqual([[second], [first], []]);
    await put(2);
    await rollback(shared());
    expect(inUse()).toEqual([]);
  });

  it('goes back again where a crash kept the catalogue from being switched', async () => {
    const first = (await put(1))?.to?.name;
    const second = (await put(2))?.to?.name;
    const text = readFileSync(catalogueFile, 'utf8');
    await rollback(shared());
    // Its record is there, the switch is not.
    writeFileSync(catalogueFile, text);
    expect(inUse()).toEqual([second]);
    await rollback(shared());
    expect(inUse()).toEqual([first]);
    await rollback(shared());
    expect(inUse()).toEqual([]);
  });

  it('goes back through an adapter that was in use twice, also after such a crash', async () => {
    const first = (await put(1))?.to?.name;
    const second = (await put(2))?.to?.name;
    await put(1);
    const text = readFileSync(catalogueFile, 'utf8');
    await rollback(shared());
    writeFileSync(catalogueFile, text);
    const passed = [];
    for (let back = 0; back < 3; back += 1) {
      await rollback(shared());
      passed.push(inUse());
    }
    expect(passed).toEqual([[second], [first], []]);
  });

  it('loads the former one again before it goes back', async () => {
    const first = (await put(1))?.to?.name ?? '';
    const second = (await put(2))?.to?.name ?? '';
    for (const { vllm } of servers) vllm!.models = ['base'];
    rmSync(join(volume, first), { recursive: true });
    await expect(rollback(shared())).rejects.toMatchObject({ code: 'model_refused' });
    expect(inUse()).toEqual([second]);
    await put(1, { evaluate: () => Promise.resolve(found({ onlyBefore: 99 })) });
    expect(inUse()).toEqual([second]);
  });

  it.each<[string, Partial<Evaluation>, number, string]>([
    ['as many right', { onlyBefore: 5, onlyAfter: 5 }, 0, 'published'],
    ['one question fewer', { onlyBefore: 6, onlyAfter: 5 }, 0, 'refused'],
    ['as many fewer as allowed', { onlyBefore: 6, onlyAfter: 5 }, 0.01, 'published'],
    ['more fewer than allowed', { onlyBefore: 7, onlyAfter: 5 }, 0.01, 'refused'],
  ])('decides by the questions: %s', async (_, part, allowedLoss, action) => {
    const record = await put(1, { allowedLoss, evaluate: () => Promise.resolve(found(part)) });
    expect(record?.action).toBe(action);
    expect(history()[0]).toMatchObject({ action });
    const name = record?.to?.name;
    expect(inUse()).toEqual(action === 'published' ? [name] : []);
    expect(folders()).toEqual(action === 'published' ? [name] : []);
    expect(loaded()).toEqual(action === 'published' ? [[name], [name]] : [[], []]);
  });

  it.each<[string, () => Partial<PublishOptions>, RegExp]>([
    ['a server lacks the path', () => ({ served: '/elsewhere' }), /e0: .*No adapter found/],
    ['the evaluation fails', () => ({ evaluate: () => Promise.reject(new Error('gone')) }), /gone/],
    [
      'it wrote nothing that was examined',
      () => ({ evaluate: () => Promise.resolve(found({ written: 0 })) }),
      /wrote no answer/,
    ],
    [
      'the catalogue is changed meanwhile',
      () => ({
        evaluate: () => {
          writeFileSync(catalogueFile, `${readFileSync(catalogueFile, 'utf8')}\n`);
          return Promise.resolve(found());
        },
      }),
      /changed meanwhile/,
    ],
  ])('leaves all as it was where %s', async (_, options, message) => {
    await expect(put(1, options())).rejects.toThrow(message);
    expect([inUse(), folders(), loaded()]).toEqual([[], [], [[], []]]);
    // Nor is anything on record that did not come about.
    expect(existsSync(join(volume, 'publications.jsonl'))).toBe(false);
  });

  it('leaves all as it was where it is interrupted', async () => {
    expect(await put(1, { evaluate: () => Promise.resolve(null) })).toBeNull();
    expect([inUse(), folders(), loaded()]).toEqual([[], [], [[], []]]);
  });

  it.each<[string, Partial<PublishOptions>, RegExp]>([
    ['a name that is none', { role: '../sql' }, /small letters/],
    ['a model that is not there', { model: 'other' }, /no model other/],
  ])('refuses %s', async (_, options, message) => {
    await expect(put(1, options)).rejects.toThrow(message);
    expect(existsSync(volume)).toBe(false);
  });

  it('refuses an adapter of another base, unless the catalogue says that it is the same', async () => {
    const adapter = makeAdapter(join(folder, 'other'), { base: 'hub/llama' });
    await expect(put(1, { adapter })).rejects.toThrow(/made for hub\/llama, and e0 serves base as base/);
    const said = readFileSync(catalogueFile, 'utf8').replace(
      '"name":"base"',
      '"name":"base","base":"hub/llama"',
    );
    writeFileSync(catalogueFile, said);
    expect(await put(1, { adapter })).toMatchObject({ action: 'published' });
  });

  it('refuses what is in use already, and never writes over what bears its name', async () => {
    const name = (await put(1))?.to?.name ?? '';
    await expect(put(1)).rejects.toThrow(/in use already/);
    await rollback(shared());
    writeFileSync(join(volume, name, 'adapter_model.safetensors'), 'other');
    await expect(put(1)).rejects.toThrow(/holds other files than its name says/);
    expect(readFileSync(join(volume, name, 'adapter_model.safetensors'), 'utf8')).toBe('other');
  });

  it('takes a record that a crash has cut for none, and keeps it apart from the next', async () => {
    const name = (await put(1))?.to?.name;
    writeFileSync(join(volume, 'publications.jsonl'), '{"at": "1970', { flag: 'a' });
    const second = (await put(2))?.to?.name;
    await rollback(shared());
    expect(inUse()).toEqual([name]);
    expect(second).not.toBe(name);
  });
});
