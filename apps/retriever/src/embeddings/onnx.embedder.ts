import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import * as tokenizers from '@huggingface/tokenizers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describeError, permanent } from '#shared/errors/app-error';
import { Embedder, normalised } from './embedder.js';

/** Texts of a batch are padded to the longest: equal lengths waste least. */
const batch = 32;
/** What sentence-transformers gives all-MiniLM-L6-v2. */
const longestTokens = 256;

const sessionOptions: InferenceSession.SessionOptions = {
  // Threads beyond what a question's few tokens can use only wait for each other.
  intraOpNumThreads: 2,
  // A thread that waits by spinning takes the time of those it waits for where cores are busy.
  extra: { session: { intra_op: { allow_spinning: '0' } } },
  logSeverityLevel: 3,
};

interface Tokenizer {
  encode(text: string): { ids: number[] };
}
/** The package's own types name files without their endings, which the compiler does not follow. */
const { Tokenizer } = tokenizers as unknown as {
  Tokenizer: new (tokenizer: object, configuration: object) => Tokenizer;
};

/** A sentence encoder that runs in this process: a folder with onnx/model.onnx and tokenizer.json, mean pooling. */
export class OnnxEmbedder extends Embedder {
  private constructor(
    readonly identity: string,
    private readonly tokenizer: Tokenizer,
    private readonly session: InferenceSession,
  ) {
    super();
  }

  static present(folder: string): boolean {
    return existsSync(modelFile(folder)) && existsSync(join(folder, 'tokenizer.json'));
  }

  /** @throws AppError `embeddings_invalid` (permanent) */
  static async load(folder: string): Promise<OnnxEmbedder> {
    try {
      const model = readFileSync(modelFile(folder));
      const tokenizer = new Tokenizer(
        readJson(join(folder, 'tokenizer.json')),
        readJson(join(folder, 'tokenizer_config.json')),
      );
      const identity = `onnx ${createHash('sha256').update(model).digest('hex').slice(0, 32)}`;
      const session = await InferenceSession.create(model, sessionOptions);
      return new OnnxEmbedder(identity, tokenizer, session);
    } catch (error) {
      throw permanent(
        'embeddings_invalid',
        `No sentence encoder can be loaded from ${folder}: ${describeError(error)}`,
        {
          stage: 'retrieve',
          cause: error,
        },
      );
    }
  }

  override async embed(texts: readonly string[]): Promise<Float32Array[]> {
    const encoded = texts.map((text, index) => ({ index, ids: this.encode(text) }));
    encoded.sort((a, b) => a.ids.length - b.ids.length);
    const vectors: Float32Array[] = [];
    for (let start = 0; start < encoded.length; start += batch) {
      const part = encoded.slice(start, start + batch);
      const pooled = await this.run(part.map(({ ids }) => ids));
      for (const [at, { index }] of part.entries()) vectors[index] = pooled[at] ?? new Float32Array();
    }
    return vectors;
  }

  override async close(): Promise<void> {
    await this.session.release();
  }

  private encode(text: string): number[] {
    const { ids } = this.tokenizer.encode(text);
    const last = ids.at(-1);
    return ids.length <= longestTokens || last === undefined
      ? ids
      : [...ids.slice(0, longestTokens - 1), last];
  }

  private async run(batchIds: readonly number[][]): Promise<Float32Array[]> {
    const length = Math.max(...batchIds.map((ids) => ids.length));
    const shape = [batchIds.length, length];
    const ids = new BigInt64Array(batchIds.length * length);
    const mask = new BigInt64Array(ids.length);
    for (const [row, tokens] of batchIds.entries())
      for (const [at, token] of tokens.entries()) {
        ids[row * length + at] = BigInt(token);
        mask[row * length + at] = 1n;
      }
    const inputs: Record<string, Tensor> = {
      input_ids: new Tensor('int64', ids, shape),
      attention_mask: new Tensor('int64', mask, shape),
      token_type_ids: new Tensor('int64', new BigInt64Array(ids.length), shape),
    };
    const wanted = Object.fromEntries(this.session.inputNames.map((name) => [name, inputs[name] as Tensor]));
    const output = (await this.session.run(wanted))['last_hidden_state'];
    if (!output || !(output.data instanceof Float32Array))
      throw new Error('the model has no last_hidden_state');
    return pool(output.data, batchIds, length);
  }
}

/** The mean over each text's own tokens, as all sentence-transformers with mean pooling have it. */
function pool(states: Float32Array, batchIds: readonly number[][], length: number): Float32Array[] {
  const hidden = states.length / (batchIds.length * length);
  return batchIds.map((tokens, row) => {
    const sum = new Float32Array(hidden);
    for (let at = 0; at < tokens.length; at += 1) {
      const offset = (row * length + at) * hidden;
      for (let index = 0; index < hidden; index += 1)
        sum[index] = (sum[index] ?? 0) + (states[offset + index] ?? 0);
    }
    return normalised(sum);
  });
}

function modelFile(folder: string): string {
  return join(folder, 'onnx', 'model.onnx');
}

function readJson(file: string): object {
  return JSON.parse(readFileSync(file, 'utf8')) as object;
}
