import { createHash } from 'node:crypto';
import { Embedder, normalised } from '../../apps/retriever/src/embeddings/embedder.js';

const dimension = 384;

/** Vectors that mean nothing, as many numbers as MiniLM's: a search takes as long over them. Equal for equal texts. */
export class RandomEmbedder extends Embedder {
  readonly identity = 'random';

  override async embed(texts: readonly string[]): Promise<Float32Array[]> {
    return texts.map((text) => {
      const bytes = createHash('shake256', { outputLength: dimension }).update(text).digest();
      return normalised(Float32Array.from(bytes, (byte) => byte - 127.5));
    });
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}
