import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { jobNames } from '#shared/queue/catalogue';
import { JobQueue } from '#shared/queue/job-queue';
import type { QueueBackend } from '#shared/queue/queue-backend';
import type { RedisFacts } from '#shared/queue/redis-facts';
import { QUEUE_BACKEND } from '#shared/queue/tokens';
import { Metrics } from '#shared/telemetry/metrics';

/**
 * Reads the queues whenever the gateway's metrics are scraped, and only then. A queue that does not answer leaves no
 * samples: numbers of a minute ago would be taken for the present.
 */
@Injectable()
export class QueueObserver implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly queue: JobQueue,
    @Inject(QUEUE_BACKEND) private readonly backend: QueueBackend,
  ) {}

  onModuleInit(): void {
    this.metrics.beforeScrape(() => this.lookAtQueues());
    this.metrics.beforeScrape(() => this.lookAtRedis());
  }

  private async lookAtQueues(): Promise<void> {
    const { up, jobs, oldest } = this.metrics.queues;
    try {
      for (const { queue, depth, wait } of await this.readQueues()) {
        for (const [state, count] of Object.entries(depth)) jobs.set({ queue, state }, count as number);
        oldest.set({ queue }, wait);
      }
      up.set(1);
    } catch {
      jobs.reset();
      oldest.reset();
      up.set(0);
    }
  }

  /** The queue may work where INFO is forbidden, or tells only a part. */
  private async lookAtRedis(): Promise<void> {
    const { aof, noEviction, evicted, memory, memoryLimit } = this.metrics.redis;
    const facts = await this.backend.redisFacts().catch(() => []);
    if (facts.length === 0 || facts.some(({ maxmemoryPolicy }) => maxmemoryPolicy === null)) {
      for (const gauge of [aof, noEviction, evicted, memory, memoryLimit]) gauge.reset();
      return;
    }
    // Of several, as in a cluster, the worst counts.
    const sum = (of: (each: RedisFacts) => number) => facts.reduce((total, each) => total + of(each), 0);
    aof.set(Number(facts.every(({ hasAof }) => hasAof)));
    noEviction.set(Number(facts.every(({ maxmemoryPolicy }) => maxmemoryPolicy === 'noeviction')));
    evicted.set(sum(({ evictedKeys }) => evictedKeys));
    memory.set(sum(({ usedBytes }) => usedBytes));
    memoryLimit.set(sum(({ limitBytes }) => limitBytes));
  }

  private readQueues() {
    return Promise.all(
      jobNames.map(async (queue) => {
        const [depth, wait] = await Promise.all([this.queue.depth(queue), this.queue.oldestWait(queue)]);
        return { queue, depth, wait };
      }),
    );
  }
}
