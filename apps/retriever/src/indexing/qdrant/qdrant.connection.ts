import { setTimeout as sleep } from 'node:timers/promises';
import { QdrantClient } from '@qdrant/js-client-rest';
import { toAppError } from './qdrant.failure.js';

const requestTimeoutMs = 30_000;
const firstDelayMs = 100;
/** Waiting for longer is the queue's: the job is tried again. */
const longestWaitMs = 5_000;
const defaultPort = 6333;

/** Requests to one Qdrant: those that may work again are tried again for a while. */
export class QdrantConnection {
  private readonly client: QdrantClient;

  constructor(url: string, apiKey: string | undefined) {
    this.client = new QdrantClient({
      ...placeOf(url),
      // The client would print a warning about keys without TLS for one it is given as such.
      ...(apiKey === undefined ? {} : { headers: { 'api-key': apiKey } }),
      timeout: requestTimeoutMs,
      // Asks the server for its version at once and in the background, and prints what it thinks of it.
      checkCompatibility: false,
    });
  }

  /**
   * Every request is one that may arrive twice.
   * @throws AppError `index_unavailable` (retryable) or `index_invalid` (permanent)
   */
  async request<T>(ask: (client: QdrantClient) => Promise<T>): Promise<T> {
    const started = performance.now();
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.once(ask);
      } catch (error) {
        const failure = toAppError(error);
        if (failure?.kind !== 'retryable') throw error;
        const wait = Math.max(failure.retryAfterMs ?? 0, firstDelayMs * 2 ** tries * (0.5 + Math.random()));
        if (performance.now() - started + wait > longestWaitMs) throw error;
        await sleep(wait);
      }
    }
  }

  /** Without further tries. */
  async once<T>(ask: (client: QdrantClient) => Promise<T>): Promise<T> {
    try {
      return await ask(this.client);
    } catch (error) {
      throw toAppError(error) ?? error;
    }
  }
}

/** The client takes the path of a URL only as a prefix, and loses a port that is its scheme's own. */
function placeOf(url: string): { url: string; port: number; prefix?: string } {
  const { protocol, hostname, pathname } = new URL(url);
  const written = /^https?:\/\/[^/?#]*:(\d+)(?=[/?#]|$)/.exec(url)?.[1];
  const prefix = pathname.replace(/\/+$/, '');
  return {
    url: `${protocol}//${hostname}`,
    port: written === undefined ? defaultPort : Number(written),
    ...(prefix === '' ? {} : { prefix }),
  };
}
