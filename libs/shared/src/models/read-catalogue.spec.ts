import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endpointsOf, type ModelCatalogue } from './catalogue.js';
import { readCatalogue } from './read-catalogue.js';

const unset = { LLM_TIMEOUT_MS: 60_000, LLM_MAX_TOKENS: 512 };

describe('the catalogue of models', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nano-models-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (text: string, environment = {}): ModelCatalogue => {
    const file = join(folder, 'models.yaml');
    writeFileSync(file, text);
    return readCatalogue({ ...unset, MODELS_FILE: file }, environment);
  };

  it('is one model at one endpoint where no file is named', () => {
    const settings = { ...unset, LLM_BASE_URL: 'http://127.0.0.1:1/v1', LLM_MODEL: 'm', LLM_API_KEY: 'k' };
    expect(readCatalogue({ ...settings, GENERATOR_CONCURRENCY: 4 }, {})).toMatchObject({
      endpoints: [{ name: 'default', apiKey: 'k', concurrency: 4, firstTokenMs: 60_000, totalMs: 60_000 }],
      models: [{ name: 'm', maxTokens: 512, adapters: [] }],
    });
  });

  it('is refused where neither a file nor a model is named', () => {
    expect(() => readCatalogue(unset, {})).toThrow(/LLM_BASE_URL, LLM_MODEL: both are needed/);
  });

  it('takes keys from the environment', () => {
    const text = '{endpoints: [{name: a, url: "http://a/v1", apiKeyEnv: KEY}], models: [{name: m}]}';
    expect(read(text, { KEY: 's3cret' }).endpoints[0]).toMatchObject({ apiKey: 's3cret' });
    expect(() => read(text)).toThrow(/a: the environment variable KEY is not set/);
  });

  it('says which endpoints serve a model', () => {
    const catalogue = read(
      '{endpoints: [{name: a, url: "http://a/v1"}, {name: b, url: "http://b/v1"}], models: [{name: m, endpoints: [b]}, {name: n}]}',
    );
    const names = catalogue.models.map((model) => endpointsOf(catalogue, model).map(({ name }) => name));
    expect(names).toEqual([['b'], ['a', 'b']]);
  });

  const endpoints = 'endpoints: [{name: a, url: "http://a/v1"}]';
  it.each([
    ['no YAML', '{', /models\.yaml, is not valid/],
    ['a misspelt key', '{endpoints: [{name: a, uri: x}], models: [{name: m}]}', /uri/],
    [
      'no URL',
      '{endpoints: [{name: a, url: localhost}], models: [{name: m}]}',
      /http:\/\/.*\n.*endpoints\[0\]\.url/,
    ],
    ['an unknown endpoint', `{${endpoints}, models: [{name: m, endpoints: [b]}]}`, /no endpoint named b/],
    [
      'a name that is there twice',
      `{${endpoints}, models: [{name: m, adapters: [{name: m}]}]}`,
      /m is there twice/,
    ],
    ['an unknown purpose', `{${endpoints}, models: [{name: m, purposes: [all]}]}`, /purposes/],
    [
      'nothing for a purpose',
      `{${endpoints}, models: [{name: m, purposes: [first]}]}`,
      /no base model answers sqlite for correction/,
    ],
  ])('says what is wrong: %s', (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
