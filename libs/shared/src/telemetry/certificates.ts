import { Injectable, Logger } from '@nestjs/common';
import { describeError } from '../errors/app-error.js';
import { Metrics } from './metrics.js';

const looksEveryMs = 3_600_000;

/** Milliseconds since 1970 at which the peer's certificate runs out; null where there is none. */
export type Look = () => Promise<number | null>;

/**
 * Shows when the certificates run out of the servers that this app speaks to: at most once an hour, when the metrics are
 * scraped, and behind the scrape. What was seen stands while a server is away.
 */
@Injectable()
export class Certificates {
  private readonly logger = new Logger(Certificates.name);
  private readonly watched: (() => [peer: string, look: Look][])[] = [];
  private peers = new Map<string, Look>();
  private lookedAt = -Infinity;

  constructor(private readonly metrics: Metrics) {
    metrics.beforeScrape(() => {
      if (performance.now() - this.lookedAt < looksEveryMs) return;
      this.lookedAt = performance.now();
      this.lookAtAll();
    });
  }

  watch(peer: string, look: Look): void {
    this.watchEach(() => [[peer, look]]);
  }

  /** Those that there are whenever they are looked at. */
  watchEach(peers: () => [peer: string, look: Look][]): void {
    this.watched.push(peers);
  }

  private lookAtAll(): void {
    const before = this.peers;
    this.peers = new Map(this.watched.flatMap((peers) => peers()));
    for (const peer of before.keys())
      if (!this.peers.has(peer)) this.metrics.process.certificateExpiry.remove({ peer });
    for (const [peer, look] of this.peers) void this.show(peer, look);
  }

  private async show(peer: string, look: Look): Promise<void> {
    try {
      const expiry = await look();
      if (expiry !== null) this.metrics.process.certificateExpiry.set({ peer }, expiry / 1_000);
    } catch (error) {
      this.logger.debug(`The certificate of ${peer} was not seen: ${describeError(error)}`);
    }
  }
}
