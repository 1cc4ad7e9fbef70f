import { Controller, Get, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type pg from 'pg';
import { DATABASE_POOL } from '../persistence/tokens.js';
import type { QueueBackend } from '../queue/queue-backend.js';
import { QUEUE_BACKEND } from '../queue/tokens.js';
import { Readiness } from './readiness.js';

const checkTimeoutMs = 2_000;

/** Liveness says that the process runs; readiness tells the truth about what it depends on. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly readiness: Readiness,
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
      () => this.check('database', async () => void (await this.pool.query('select 1'))),
      () =>
        this.check('queue', async () => {
          await this.queue.ping();
          return { backend: this.queue.kind };
        }),
      ...[...this.readiness.checks].map(
        ([part, check]) =>
          () =>
            this.check(part, check),
      ),
    ]);
  }

  private check(part: string, attempt: () => Promise<Record<string, unknown> | void>) {
    return this.indicators.check(part).attempt(attempt).withTimeout(checkTimeoutMs);
  }
}
