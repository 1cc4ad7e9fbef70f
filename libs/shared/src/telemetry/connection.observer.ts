import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type pg from 'pg';
import { postgresExpiry } from '../persistence/postgres-certificate.js';
import { DATABASE_POOL, DATABASE_URL } from '../persistence/tokens.js';
import type { QueueBackend } from '../queue/queue-backend.js';
import { QUEUE_BACKEND } from '../queue/tokens.js';
import { Certificates } from './certificates.js';
import { Metrics } from './metrics.js';

/** Shows what every app holds on to: its pools of connections, and the certificates of state and queue. */
@Injectable()
export class ConnectionObserver implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    @Inject(DATABASE_POOL) private readonly state: pg.Pool,
    @Inject(QUEUE_BACKEND) private readonly queue: QueueBackend,
    @Inject(DATABASE_URL) private readonly stateUrl: string,
    private readonly certificates: Certificates,
  ) {}

  onModuleInit(): void {
    this.certificates.watch('state', () => postgresExpiry(this.stateUrl));
    this.certificates.watch('queue', () => this.queue.certificateExpiry());
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
