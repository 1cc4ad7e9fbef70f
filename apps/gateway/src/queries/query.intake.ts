import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { CreateQuery } from '#shared/contracts/query';
import { refusalOf } from '#shared/contracts/caller';
import { permanent, retryable } from '#shared/errors/app-error';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import type { Database } from '#shared/persistence/database';
import { DATABASE } from '#shared/persistence/tokens';
import { JobQueue } from '#shared/queue/job-queue';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { Admission } from './admission.js';
import { Conversations } from './conversations.js';

const retryAfterMs = 2_000;

export interface Accepted {
  id: string;
  /** False for the repeat of an Idempotency-Key. */
  isNew: boolean;
}

/** Accepts queries: within bounds, once for each Idempotency-Key, written before they are enqueued. */
@Injectable()
export class QueryIntake {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly admission: Admission,
    private readonly datasources: DatasourceStore,
    private readonly queue: JobQueue,
    private readonly conversations: Conversations,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** Writes the query, or finds the first one of the key. A new one waits for `enqueue`. */
  async accept(
    request: CreateQuery,
    idempotencyKey: string | undefined,
    caller: string | null,
  ): Promise<Accepted> {
    const requestHash = hashOf(request, caller);
    if (idempotencyKey !== undefined) {
      const earlier = await this.earlier(idempotencyKey, requestHash);
      if (earlier !== undefined) return { id: earlier, isNew: false };
    }
    const datasource = request.datasource ?? this.config.NANO_DEFAULT_DATASOURCE;
    if (datasource === undefined)
      throw permanent('no_default_datasource', 'Name a datasource: the gateway has no default one.');
    if (request.conversationId !== undefined)
      await this.conversations.checkOwner(request.conversationId, caller);
    const id = await this.admission.admit(() =>
      this.insert(request, datasource, idempotencyKey, requestHash, caller),
    );
    if (id === undefined) {
      await this.refuse(datasource, caller);
      if (idempotencyKey === undefined)
        throw permanent('unknown_datasource', `There is no datasource named ${datasource}.`);
      return { id: await this.firstOf(idempotencyKey, requestHash), isNew: false };
    }
    return { id, isNew: true };
  }

  /** Starts the work on an accepted query. If the gateway ends before, the reconciler does. */
  async enqueue(id: string): Promise<void> {
    await this.queue.enqueue('retrieve', { queryId: id, attempt: 0 });
  }

  /** Throws where the datasource is missing or does not serve the caller. */
  private async refuse(name: string, caller: string | null): Promise<void> {
    const datasource = await this.datasources.byName(name);
    if (!datasource) throw permanent('unknown_datasource', `There is no datasource named ${name}.`);
    const refusal = refusalOf(datasource.policy.asCaller, caller);
    if (refusal !== null) throw permanent('caller_refused', refusal);
  }

  /** Undefined when the datasource is missing or does not serve the caller, or another request with the same key was faster. */
  private async insert(
    request: CreateQuery,
    datasource: string,
    key: string | undefined,
    requestHash: string,
    caller: string | null,
  ): Promise<string | undefined> {
    const id = uuidv7();
    const { rows } = await sql<{ id: string }>`
      with accepted as (
        insert into query (id, datasource_id, question, status, max_corrections, candidate_count, idempotency_key, request_hash, caller, conversation_id, explain, stream, created_at, updated_at, deadline_at)
        select ${id}::uuid, datasource.id, ${request.question}::text, 'queued',
          ${request.maxCorrections ?? this.config.MAX_CORRECTIONS}::int, ${request.candidates ?? 1}::int, ${key ?? null}::text, ${requestHash}::text, ${caller}::text, ${request.conversationId ?? id}::text, ${request.explain ?? false}::boolean, ${request.stream ?? false}::boolean,
          now(), now(), now() + make_interval(secs => ${this.config.QUERY_DEADLINE_MS / 1_000}::float8)
        from datasource where name = ${datasource} and removed_at is null and ${servesCaller(caller)}
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

/** The same request of another caller is another request. */
function hashOf(request: CreateQuery, caller: string | null): string {
  const identity = caller === null ? request : { request, caller };
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

/** refusalOf in SQL, so that the common case costs no statement of its own. */
function servesCaller(caller: string | null) {
  return sql<boolean>`(policy -> 'asCaller' is null or ${caller}::text is not null
    and (policy -> 'asCaller' ->> 'by' <> 'role' or jsonb_exists(policy -> 'asCaller' -> 'roles', ${caller}::text)))`;
}
