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
    this.metrics.beforeScrape(() => this.look());
  }

  private async look(): Promise<void> {
    const { up, jobs, oldest } = this.metrics.queues;
    try {
      const [states, facts] = await Promise.all([this.readQueues(), this.backend.redisFacts()]);
      for (const { queue, depth, wait } of states) {
        for (const [state, count] of Object.entries(depth)) jobs.set({ queue, state }, count as number);
        oldest.set({ queue }, wait);
      }
      if (facts.length > 0) this.showRedis(facts);
      up.set(1);
    } catch {
      jobs.reset();
      oldest.reset();
      up.set(0);
    }
  }

  private readQueues() {
    return Promise.all(
      jobNames.map(async (queue) => {
        const [depth, wait] = await Promise.all([this.queue.depth(queue), this.queue.oldestWait(queue)]);
        return { queue, depth, wait };
      }),
    );
  }

  /** The worst of them counts where there are several, as in a cluster. */
  private showRedis(facts: readonly RedisFacts[]): void {
    const { redisAof, redisNoEviction, redisEvicted, redisMemory, redisMemoryLimit } = this.metrics.queues;
    const sum = (of: (each: RedisFacts) => number) => facts.reduce((total, each) => total + of(each), 0);
    redisAof.set(Number(facts.every(({ hasAof }) => hasAof)));
    redisNoEviction.set(Number(facts.every(({ maxmemoryPolicy }) => maxmemoryPolicy === 'noeviction')));
    redisEvicted.set(sum(({ evictedKeys }) => evictedKeys));
    redisMemory.set(sum(({ usedBytes }) => usedBytes));
    redisMemoryLimit.set(sum(({ limitBytes }) => limitBytes));
  }
}
