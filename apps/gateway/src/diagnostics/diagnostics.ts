import { Inject, Injectable } from '@nestjs/common';
import packageJson from '#package.json' with { type: 'json' };
import type { DatasourceFacts, Diagnostics as View, Failed } from '#shared/contracts/diagnostics';
import { describeError } from '#shared/errors/app-error';
import type { Database } from '#shared/persistence/database';
import { readDatabaseFacts } from '#shared/persistence/database.facts';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import { HeartbeatStore } from '#shared/persistence/heartbeat.store';
import { QueryReader } from '#shared/persistence/query.reader';
import { DATABASE } from '#shared/persistence/tokens';
import { JobQueue } from '#shared/queue/job-queue';
import type { QueueBackend } from '#shared/queue/queue-backend';
import { QUEUE_BACKEND } from '#shared/queue/tokens';
import { within } from '#shared/queue/within';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { readQueueFacts } from './queue.facts.js';

const answerWithinMs = 4_000;

/** Looks at everything that a gateway can see, and tells of what is away as of all else. */
@Injectable()
export class Diagnostics {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(QUEUE_BACKEND) private readonly backend: QueueBackend,
    private readonly jobs: JobQueue,
    private readonly heartbeats: HeartbeatStore,
    private readonly datasources: DatasourceStore,
    private readonly queries: QueryReader,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  async look(): Promise<View> {
    const [database, redis, queues, apps, datasources, openQueries] = await Promise.all([
      orWhyNot(() => readDatabaseFacts(this.db)),
      orWhyNot(() => this.backend.redisFacts()),
      orWhyNot(() => readQueueFacts(this.jobs)),
      orWhyNot(() => this.heartbeats.list()),
      orWhyNot(() => this.datasourceFacts()),
      orWhyNot(async () => ({
        open: await this.queries.countOpen(),
        limit: this.config.MAX_OPEN_QUERIES,
      })),
    ]);
    const queueBackend = this.backend.kind;
    const at = new Date().toISOString();
    const keys = this.keys();
    return {
      ...{ version: packageJson.version, at, keys, database, queueBackend },
      ...{ redis, queues, apps, datasources, openQueries },
    };
  }

  private keys(): View['keys'] {
    const keys = this.config.NANO_API_KEYS;
    return keys?.map(({ expiresAt }) => ({ expiresAt: expiresAt?.toISOString() ?? null })) ?? null;
  }

  private async datasourceFacts(): Promise<DatasourceFacts[]> {
    const now = Date.now();
    return (await this.datasources.list()).map(
      ({ name, status, fingerprint, error, refreshSeconds, updatedAt }) => ({
        ...{ name, status, refreshSeconds },
        hasSnapshot: fingerprint !== null,
        error: error && { code: error.code, message: error.message },
        changedMs: Math.max(0, now - updatedAt.getTime()),
      }),
    );
  }
}

async function orWhyNot<T>(look: () => Promise<T>): Promise<T | Failed> {
  try {
    return await within(answerWithinMs, look());
  } catch (error) {
    return { error: describeError(error) };
  }
}
