import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** One Gather: [UNK] is (0, 0, 0, 1), [PAD] (9, 9, 9, 9), "red", "green" and "blue" the other axes. */
const model =
  'CAgSADrVAQopCgF0CglpbnB1dF9pZHMSEWxhc3RfaGlkZGVuX3N0YXRlIgZHYXRoZXISAWcqWwgFCAQQAUIBdEpQAAAAAAAAAAAAAAAAAACAPwAAEEEAABBBAAAQQQAAEEEAAIA/AAAAAAAAAAAAAAAAAAAAAAAAgD8AAAAAAAAAAAAAAAAAAAAAAACAPwAAAABaHQoJaW5wdXRfaWRzEhAKDggHEgoKAxIBYgoDEgFsYikKEWxhc3RfaGlkZGVuX3N0YXRlEhQKEggBEg4KAxIBYgoDEgFsCgIIBEIECgAQDQ==';

const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: null,
  decoder: null,
  model: {
    type: 'WordLevel',
    vocab: { '[UNK]': 0, '[PAD]': 1, red: 2, green: 3, blue: 4 },
    unk_token: '[UNK]',
  },
};

const embedder = pathToFileURL('dist/apps/retriever/src/embeddings/onnx.embedder.js').href;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nano-test-encoder-'));
  mkdirSync(join(folder, 'onnx'));
  writeFileSync(join(folder, 'onnx', 'model.onnx'), Buffer.from(model, 'base64'));
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify({ unk_token: '[UNK]' }));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** In a process of its own: the runtime does not take the arrays of the test runner's context for arrays. */
function embed(of: string, texts: readonly string[]): { vectors?: number[][]; code?: string } {
  const program = `
    const { OnnxEmbedder } = await import(${JSON.stringify(embedder)});
    const work = async () => {
      const encoder = await OnnxEmbedder.load(${JSON.stringify(of)});
      const vectors = await encoder.embed(${JSON.stringify(texts)});
      await encoder.close();
      return { vectors: vectors.map((vector) => [...vector]) };
    };
    console.log(JSON.stringify(await work().catch(({ code }) => ({ code }))));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  });
  return JSON.parse(output) as { vectors?: number[][]; code?: string };
}

describe('the encoder in process', () => {
  it('gives the mean over the tokens of each text, padding aside, at length 1, in the order of the texts', () => {
    const { vectors = [] } = embed(folder, ['red green blue blue', 'Red', 'blue red', 'purple']);
    const half = Math.SQRT1_2;
    const expected = [
      [1, 1, 2, 0].map((value) => value / Math.sqrt(6)),
      [1, 0, 0, 0],
      [half, 0, half, 0],
      [0, 0, 0, 1],
    ];
    for (const [at, vector] of expected.entries())
      for (const [index, value] of vector.entries()) expect(vectors[at]?.[index]).toBeCloseTo(value, 5);
  });

  it('cuts what is longer than it was trained on, and takes batches of any size', () => {
    const texts = Array.from({ length: 70 }, (_, at) =>
      at % 2 === 0 ? `${'red '.repeat(300)}green` : 'green',
    );
    const { vectors = [] } = embed(folder, texts);
    expect(vectors).toHaveLength(70);
    expect(vectors[1]?.[1]).toBeCloseTo(1, 5);
    expect(vectors[68]?.[0]).toBeCloseTo(0.99999, 4);
  });

  it('says so where the folder has no encoder', () => {
    expect(embed(join(folder, 'onnx'), ['red'])).toEqual({ code: 'embeddings_invalid' });
  });
});
