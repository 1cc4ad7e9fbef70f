import { appendFileSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeAdapter } from '../../test-support/made-adapter.js';
import { readAdapter } from './adapter-folder.js';

describe('an adapter as the training exports it', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nano-adapter-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is known by the hash that the training wrote', async () => {
    makeAdapter(folder, { rank: 16, base: 'hub/llama' });
    expect(await readAdapter(folder, 32)).toMatchObject({
      base: 'hub/llama',
      rank: 16,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it.each<[string, Parameters<typeof makeAdapter>[1], RegExp]>([
    ['a rank above the server’s', { rank: 64 }, /rank 64 is more than the server takes \(32\)/],
    ['no LoRA', { config: { peft_type: 'IA3' } }, /is not LoRA/],
    ['DoRA', { config: { use_dora: true } }, /no DoRA/],
    ['biases', { config: { bias: 'all' } }, /no biases/],
    ['whole modules', { config: { modules_to_save: ['lm_head'] } }, /no whole modules/],
    ['another base in each file', { config: { base_model_name_or_path: 'hub/other' } }, /is of hub\/base/],
    ['weights of another rank', { config: { r: 8 } }, /has rank 4, not 8/],
  ])('is refused with %s', async (_, made, message) => {
    makeAdapter(folder, made);
    await expect(readAdapter(folder, 32)).rejects.toThrow(message);
  });

  const file = (name: string) => join(folder, name);
  it.each<[string, () => void, RegExp]>([
    ['a file that is missing', () => rmSync(file('data-manifest.json')), /data-manifest\.json: is missing/],
    ['a file that is cut', () => truncateSync(file('adapter_model.safetensors'), 400), /is cut/],
    ['a header that is cut', () => truncateSync(file('adapter_model.safetensors'), 40), /header is cut/],
    ['an empty file', () => truncateSync(file('adapter_model.safetensors'), 0), /too short/],
    ['weights that go on', () => appendFileSync(file('adapter_model.safetensors'), 'x'), /bytes of weights/],
    ['a changed setting', () => appendFileSync(file('adapter_config.json'), ' '), /tells the hash/],
    ['another manifest', () => appendFileSync(file('data-manifest.json'), ' '), /is not the manifest/],
    ['no JSON', () => writeFileSync(file('adapter.json'), '{'), /adapter\.json/],
    [
      'a link',
      () => {
        rmSync(file('README.md'));
        symlinkSync('/etc/hostname', file('README.md'));
      },
      /README\.md: is no file/,
    ],
  ])('is refused with %s', async (_, damage, message) => {
    makeAdapter(folder);
    damage();
    await expect(readAdapter(folder, 32)).rejects.toThrow(message);
  });
});
