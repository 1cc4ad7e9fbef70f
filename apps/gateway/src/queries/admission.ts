import { Inject, Injectable } from '@nestjs/common';
import { retryable } from '#shared/errors/app-error';
import { QueryReader } from '#shared/persistence/query.reader';
import { Metrics } from '#shared/telemetry/metrics';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';

/** How long a count of the open queries serves while there is room, and while there is none. */
const countServesMs = { room: 200, full: 20 };
const retryAfterMs = 2_000;

/**
 * Keeps the open queries within MAX_OPEN_QUERIES. They are counted now and then; what is being accepted, or was since the
 * count began, is added, so that no burst gets past. Gateways beside each other see each other's at the next count.
 */
@Injectable()
export class Admission {
  private counted = 0;
  private countedAt = -Infinity;
  private counting: Promise<void> | undefined;
  private accepting = 0;
  private acceptedSince = 0;

  constructor(
    private readonly reader: QueryReader,
    private readonly metrics: Metrics,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    metrics.gateway.openLimit.set(config.MAX_OPEN_QUERIES);
  }

  /**
   * Runs what accepts one query; it resolves to undefined when it accepted none.
   * @throws AppError `too_many_queries`
   */
  async admit<T>(accept: () => Promise<T | undefined>): Promise<T | undefined> {
    await this.keepCounted(countServesMs.room);
    if (this.isFull()) await this.keepCounted(countServesMs.full);
    if (this.isFull()) {
      this.metrics.gateway.refused.inc();
      throw retryable('too_many_queries', 'As many queries are open as the service takes.', { retryAfterMs });
    }
    this.accepting += 1;
    try {
      const accepted = await accept();
      if (accepted !== undefined) {
        this.acceptedSince += 1;
        this.metrics.gateway.accepted.inc();
      }
      return accepted;
    } finally {
      this.accepting -= 1;
    }
  }

  private isFull(): boolean {
    return this.counted + this.acceptedSince + this.accepting >= this.config.MAX_OPEN_QUERIES;
  }

  private async keepCounted(servesMs: number): Promise<void> {
    if (performance.now() - this.countedAt > servesMs)
      await (this.counting ??= this.count().finally(() => (this.counting = undefined)));
  }

  private async count(): Promise<void> {
    const before = this.acceptedSince;
    const counted = await this.reader.countOpen();
    this.counted = counted;
    this.acceptedSince -= before;
    this.countedAt = performance.now();
    this.metrics.gateway.open.set(counted);
  }
}
