import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { CreateQuery } from '#shared/contracts/query';
import { permanent, retryable } from '#shared/errors/app-error';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import type { Database } from '#shared/persistence/database';
import { QueryReader } from '#shared/persistence/query.reader';
import { DATABASE } from '#shared/persistence/tokens';
import { JobQueue } from '#shared/queue/job-queue';
import { Metrics } from '#shared/telemetry/metrics';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';

/** How long a count of the open queries serves. Accepted ones are added in between. */
const countServesMs = 200;
const retryAfterMs = 2_000;

/** Accepts queries: within bounds, once for each Idempotency-Key, written before they are enqueued. */
@Injectable()
export class QueryIntake {
  private open = 0;
  private countedAt = -Infinity;

  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly reader: QueryReader,
    private readonly datasources: DatasourceStore,
    private readonly queue: JobQueue,
    private readonly metrics: Metrics,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** Returns the id of the query: a new one, or the first one of the key. */
  async accept(request: CreateQuery, idempotencyKey: string | undefined): Promise<string> {
    const requestHash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
    if (idempotencyKey !== undefined) {
      const earlier = await this.earlier(idempotencyKey, requestHash);
      if (earlier !== undefined) return earlier;
    }
    const datasourceId = await this.datasourceId(request.datasource);
    await this.admit();
    const id = await this.insert(request, datasourceId, idempotencyKey, requestHash);
    if (id === undefined) return this.firstOf(idempotencyKey ?? '', requestHash);
    this.open += 1;
    this.metrics.queriesAccepted.inc();
    await this.queue.enqueue('retrieve', { queryId: id, attempt: 0 });
    return id;
  }

  private async datasourceId(name = this.config.NANO_DEFAULT_DATASOURCE): Promise<string> {
    if (name === undefined)
      throw permanent('no_default_datasource', 'Name a datasource: the gateway has no default one.');
    const id = await this.datasources.idOf(name);
    if (id === undefined) throw permanent('unknown_datasource', `There is no datasource named ${name}.`);
    return id;
  }

  private async admit(): Promise<void> {
    if (performance.now() - this.countedAt > countServesMs) {
      this.countedAt = performance.now();
      this.open = await this.reader.countOpen();
      this.metrics.openQueries.set(this.open);
    }
    if (this.open < this.config.MAX_OPEN_QUERIES) return;
    this.metrics.queriesRefused.inc();
    throw retryable('too_many_queries', `${this.open} queries are open, as many as the service takes.`, {
      retryAfterMs,
    });
  }

  /** Undefined when another request with the same key was faster. */
  private async insert(
    request: CreateQuery,
    datasourceId: string,
    key: string | undefined,
    requestHash: string,
  ): Promise<string | undefined> {
    const id = uuidv7();
    const { rows } = await sql<{ id: string }>`
      with accepted as (
        insert into query (id, datasource_id, question, status, max_corrections, candidate_count, idempotency_key, request_hash, created_at, updated_at, deadline_at)
        values (${id}, ${datasourceId}, ${request.question}, 'queued', ${request.maxCorrections ?? this.config.MAX_CORRECTIONS}, ${request.candidates ?? 1},
          ${key ?? null}, ${requestHash}, now(), now(), now() + make_interval(secs => ${this.config.QUERY_DEADLINE_MS / 1_000}::float8))
        on conflict (idempotency_key) where idempotency_key is not null do nothing
        returning id),
      event as (
        insert into query_event (query_id, id, status, attempt, at, data)
        select id, 1, 'queued', 0, now(), '{}' from accepted)
      select id from accepted`.execute(this.db);
    return rows[0]?.id;
  }

  private async firstOf(key: string, requestHash: string): Promise<string> {
    const first = await this.earlier(key, requestHash);
    if (first === undefined)
      throw retryable('unavailable', 'The first request of this Idempotency-Key is not finished.', {
        retryAfterMs,
      });
    return first;
  }

  private async earlier(key: string, requestHash: string): Promise<string | undefined> {
    const row = await this.db
      .selectFrom('query')
      .select(['id', 'request_hash'])
      .where('idempotency_key', '=', key)
      .executeTakeFirst();
    if (row && row.request_hash !== requestHash)
      throw permanent('idempotency_key_reused', 'This Idempotency-Key belongs to another request.');
    return row?.id;
  }
}
