import OpenAI from 'openai';
import { describeError, permanent, retryable } from '#shared/errors/app-error';
import { Embedder, normalised } from './embedder.js';

/** What common servers take in one request. */
const batch = 64;
const timeoutMs = 30_000;

/** An OpenAI-compatible `/v1/embeddings` endpoint. */
export class OpenAiEmbedder extends Embedder {
  override readonly identity: string;
  private readonly client: OpenAI;
  private dimension: number | undefined;

  constructor(
    baseURL: string,
    private readonly model: string,
    apiKey: string | undefined,
  ) {
    super();
    this.identity = `openai ${model}`;
    this.client = new OpenAI({ baseURL, apiKey: apiKey ?? 'none', timeout: timeoutMs, maxRetries: 2 });
  }

  override async embed(texts: readonly string[]): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let start = 0; start < texts.length; start += batch)
      vectors.push(...(await this.request(texts.slice(start, start + batch))));
    return vectors;
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  private async request(input: string[]): Promise<Float32Array[]> {
    const { data } = await this.client.embeddings
      .create({ model: this.model, input, encoding_format: 'float' })
      .catch((error: unknown) => {
        throw toAppError(error);
      });
    const vectors = data
      .toSorted((a, b) => a.index - b.index)
      .map(({ embedding }) => normalised(Float32Array.from(embedding)));
    this.check(vectors, input.length);
    return vectors;
  }

  /** A server that changes its model under a name would spoil the index in silence. */
  private check(vectors: readonly Float32Array[], wanted: number): void {
    this.dimension ??= vectors[0]?.length;
    const other = vectors.find((vector) => vector.length !== this.dimension || vector.length === 0);
    if (vectors.length !== wanted || other)
      throw permanent(
        'embeddings_invalid',
        `The embeddings server sent ${vectors.length} vectors for ${wanted} texts, of ${other?.length ?? this.dimension} dimensions where ${this.dimension} were expected.`,
        { stage: 'retrieve' },
      );
  }
}

function toAppError(error: unknown): Error {
  const message = `The embeddings server of EMBEDDINGS_BASE_URL: ${describeError(error)}`;
  const refused =
    error instanceof OpenAI.APIError &&
    error.status !== undefined &&
    error.status < 500 &&
    error.status !== 429 &&
    error.status !== 408;
  return refused
    ? permanent('embeddings_invalid', message, { stage: 'retrieve', cause: error })
    : retryable('embeddings_unavailable', message, { stage: 'retrieve', cause: error });
}
