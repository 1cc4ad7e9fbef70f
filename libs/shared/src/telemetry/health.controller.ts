import { Controller, Get, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type pg from 'pg';
import { DATABASE_POOL } from '../persistence/tokens.js';
import type { QueueBackend } from '../queue/queue-backend.js';
import { QUEUE_BACKEND } from '../queue/tokens.js';

const checkTimeoutMs = 2_000;

/** Liveness says that the process runs; readiness tells the truth about what it depends on. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(DATABASE_POOL) private readonly pool: pg.Pool,
    @Inject(QUEUE_BACKEND) private readonly queue: QueueBackend,
  ) {}

  @Get('healthz')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @HealthCheck()
  ready() {
    return this.health.check([
      () =>
        this.indicators
          .check('database')
          .attempt(async () => {
            await this.pool.query('select 1');
          })
          .withTimeout(checkTimeoutMs),
      () =>
        this.indicators
          .check('queue')
          .attempt(async () => {
            await this.queue.ping();
            return { backend: this.queue.kind };
          })
          .withTimeout(checkTimeoutMs),
    ]);
  }
}
