import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { commonFields, masterKeyField, parseEnvironment } from './environment.js';
import { readSecretFiles } from './secret-files.js';

const schema = z.object({ ...commonFields, ...masterKeyField });
const url = 'postgres://nano:secret@db:5432/nano';
const key = Buffer.alloc(32, 7).toString('base64');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nano-secrets-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function secret(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('secrets in files', () => {
  it('are read as if they stood in the environment, less the line end', () => {
    const parsed = parseEnvironment(schema, {
      DATABASE_URL_FILE: secret('url', `${url}\n`),
      NANO_MASTER_KEY_FILE: secret('key', `${key}\r\n`),
    });
    expect(parsed).toMatchObject({ DATABASE_URL: url, NANO_MASTER_KEY: key });
  });

  it('are checked like any value, without being shown', () => {
    const read = () =>
      parseEnvironment(schema, { DATABASE_URL: url, NANO_MASTER_KEY_FILE: secret('short', 'hunter2') });
    expect(read).toThrow(/NANO_MASTER_KEY: expected 32 bytes/);
    expect(read).not.toThrow(/hunter2/);
  });

  it.each([
    ['a missing file', () => join(folder, 'none'), /DATABASE_URL_FILE: cannot read .*ENOENT/],
    ['a folder', () => folder, /DATABASE_URL_FILE: cannot read .*EISDIR/],
    ['an empty file', () => secret('empty', ' \n'), /DATABASE_URL_FILE: .* is empty/],
  ])('ends the start on %s', (_, file, message) => {
    expect(() => parseEnvironment(schema, { DATABASE_URL_FILE: file(), NANO_MASTER_KEY: key })).toThrow(
      message,
    );
  });

  it('refuses two values for one variable', () => {
    const environment = { DATABASE_URL: url, DATABASE_URL_FILE: secret('twice', url), NANO_MASTER_KEY: key };
    expect(() => parseEnvironment(schema, environment)).toThrow(/DATABASE_URL: is set, and so is/);
  });

  it('takes an empty name for none, as Compose writes it', () => {
    const environment = { DATABASE_URL: url, DATABASE_URL_FILE: '', NANO_MASTER_KEY: key };
    expect(parseEnvironment(schema, environment).DATABASE_URL).toBe(url);
  });

  it.each([
    ['missing', () => join(folder, 'none')],
    ['empty', () => secret('nobody', '\n')],
  ])('are unset where the file of one that may be is %s', (_, file) => {
    const { environment, problems } = readSecretFiles({ NANO_OPERATOR_KEYS_FILE: file() });
    expect([environment['NANO_OPERATOR_KEYS'], problems]).toEqual([undefined, []]);
    expect(readSecretFiles({ NANO_OPERATOR_KEYS_FILE: folder }).problems).toHaveLength(1);
  });
});
