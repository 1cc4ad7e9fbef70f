import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type pg from 'pg';
import { DATABASE_POOL } from '../persistence/tokens.js';
import type { QueueBackend } from '../queue/queue-backend.js';
import { QUEUE_BACKEND } from '../queue/tokens.js';
import { Metrics } from './metrics.js';

/** Shows the pools of connections that every app has when it is scraped: to the state, and to queues on PostgreSQL. */
@Injectable()
export class PoolObserver implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    @Inject(DATABASE_POOL) private readonly state: pg.Pool,
    @Inject(QUEUE_BACKEND) private readonly queue: QueueBackend,
  ) {}

  onModuleInit(): void {
    this.metrics.beforeScrape(() => {
      this.show('state', this.state);
      if (this.queue.pool) this.show('queue', this.queue.pool);
    });
  }

  private show(pool: string, { totalCount, idleCount, waitingCount, options }: pg.Pool): void {
    const { poolConnections, poolLimit } = this.metrics.process;
    poolConnections.set({ pool, state: 'busy' }, totalCount - idleCount);
    poolConnections.set({ pool, state: 'idle' }, idleCount);
    poolConnections.set({ pool, state: 'waiting' }, waitingCount);
    poolLimit.set({ pool }, options.max);
  }
}
