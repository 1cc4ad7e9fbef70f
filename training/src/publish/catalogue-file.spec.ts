import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { CatalogueFile } from './catalogue-file.js';

const yaml = `# Ours
endpoints:
  - { name: a, url: 'http://a/v1' } # the card
models:
  - name: base
    adapters:
      - name: sql-1 # the first
        path: /adapters/sql-1
        dialects: [ sqlite ]
  - name: plain
`;
const to = { name: 'sql-2', path: '/adapters/sql-2' };

describe('the catalogue’s file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nano-catalogue-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function written(text: string, name = 'models.yaml'): string {
    writeFileSync(join(folder, name), text, { mode: 0o640 });
    return join(folder, name);
  }

  it('gets another adapter in place of one, and keeps all else that is said', () => {
    const text = new CatalogueFile(written(yaml)).changed({ model: 'base', from: { name: 'sql-1' }, to });
    expect(text).toBe(yaml.replaceAll('sql-1', 'sql-2'));
  });

  it('gets a first adapter, and loses it again', () => {
    const first = new CatalogueFile(written(yaml)).changed({ model: 'plain', from: null, to });
    expect((parse(first) as { models: object[] }).models[1]).toEqual({ name: 'plain', adapters: [to] });
    const without = new CatalogueFile(written(first)).changed({ model: 'plain', from: to, to: null });
    expect((parse(without) as { models: object[] }).models[1]).toEqual({ name: 'plain', adapters: [] });
  });

  it('takes the path away where the former adapter had none', () => {
    const from = { name: 'sql-1' };
    const text = new CatalogueFile(written(yaml)).changed({ model: 'base', from, to: { name: 'sql' } });
    expect((parse(text) as { models: { adapters: object[] }[] }).models[0]?.adapters).toEqual([
      { name: 'sql', dialects: ['sqlite'] },
    ]);
  });

  it('stays JSON where it is', () => {
    const file = written(JSON.stringify(parse(yaml)), 'models.json');
    const text = new CatalogueFile(file).changed({ model: 'plain', from: null, to });
    expect(JSON.parse(text)).toMatchObject({ models: [{}, { adapters: [to] }] });
  });

  it('is replaced in one step, keeps its rights, and leaves nothing behind', () => {
    const file = written(yaml);
    const link = join(folder, 'link.yaml');
    symlinkSync('models.yaml', link);
    const former = process.umask(0o077);
    new CatalogueFile(link).replace('models: []\n');
    process.umask(former);
    expect(readFileSync(file, 'utf8')).toBe('models: []\n');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['link.yaml', 'models.yaml']);
  });

  it('is left alone where somebody has changed it meanwhile', () => {
    const file = written(yaml);
    const catalogue = new CatalogueFile(file);
    written(`${yaml}# later\n`);
    expect(() => catalogue.replace('models: []\n')).toThrow(/changed meanwhile/);
    expect(readFileSync(file, 'utf8')).toContain('# later');
  });
});
