import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type pg from 'pg';
import { type AppFacts, appFactsSchema, type AppProcess } from '../contracts/diagnostics.js';
import type { Database } from './database.js';
import { within } from '../queue/within.js';
import { storableJson } from './storable.js';
import { DATABASE, DATABASE_POOL } from './tokens.js';

export interface AppIdentity {
  id: string;
  app: string;
  version: string;
  host: string;
}

const answerWithinMs = 5_000;

/** Which processes of the service live. Times are PostgreSQL's: one clock for all. */
@Injectable()
export class HeartbeatStore {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(DATABASE_POOL) private readonly pool: pg.Pool,
  ) {}

  /**
   * Processes that have not been heard of for a day are forgotten by the way.
   * A connection on which nothing comes back is given up, so that the next heartbeat has another one.
   * @returns milliseconds since 1970 by PostgreSQL's clock
   */
  async beat(
    { id, app, version, host }: AppIdentity,
    clockAheadMs: number,
    facts: AppFacts,
  ): Promise<number> {
    const { sql: text, parameters } = sql`
      with forgotten as (
        delete from app_heartbeat where seen_at < now() - interval '1 day' and id <> ${id}::uuid)
      insert into app_heartbeat (id, app, version, host, clock_ahead_ms, facts)
      values (${id}::uuid, ${app}, ${version}, ${host},
        ${clockAheadMs}::float8, ${storableJson(facts)}::jsonb)
      on conflict (id) do update
      set clock_ahead_ms = excluded.clock_ahead_ms, facts = excluded.facts, seen_at = now()
      returning extract(epoch from clock_timestamp())::float8 * 1000 as at`.compile(this.db);
    const client = await this.pool.connect();
    let isLost = true;
    try {
      const { rows } = await within(answerWithinMs, client.query<{ at: number }>(text, [...parameters]));
      isLost = false;
      return rows[0]?.at ?? NaN;
    } finally {
      client.release(isLost);
    }
  }

  async stop(id: string): Promise<void> {
    await sql`delete from app_heartbeat where id = ${id}::uuid`.execute(this.db);
  }

  async list(): Promise<AppProcess[]> {
    const { rows } = await sql<Row>`
      select app, host, version, started_at, clock_ahead_ms, facts,
        extract(epoch from clock_timestamp() - seen_at)::float8 * 1000 as silent_ms
      from app_heartbeat order by app, host, started_at`.execute(this.db);
    return rows.map((row) => ({
      app: row.app,
      host: row.host,
      version: row.version,
      startedAt: row.started_at.toISOString(),
      silentMs: Math.max(0, Math.round(row.silent_ms)),
      clockAheadMs: Math.round(row.clock_ahead_ms),
      // Of another version it may lack what this one knows.
      facts: appFactsSchema.catch({ parts: {} }).parse(row.facts),
    }));
  }
}

interface Row {
  app: string;
  host: string;
  version: string;
  started_at: Date;
  clock_ahead_ms: number;
  silent_ms: number;
  facts: unknown;
}
