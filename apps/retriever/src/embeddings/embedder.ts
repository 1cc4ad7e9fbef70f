/** The embeddings port: vectors of texts, near each other where the texts mean alike. */
export abstract class Embedder {
  /** Names the model: vectors of equal identities can be compared. */
  abstract readonly identity: string;

  /**
   * @returns unit vectors, one a text, all of one length
   * @throws AppError `embeddings_unavailable` (retryable) or `embeddings_invalid` (permanent)
   */
  abstract embed(texts: readonly string[]): Promise<Float32Array[]>;

  abstract close(): Promise<void>;
}

/** Scaled to length 1. */
export function normalised(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}
