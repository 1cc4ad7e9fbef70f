import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Context } from '#shared/contracts/context';
import { isFinal, type QueryStatus } from '#shared/contracts/query';
import { QueryNotifier } from '#shared/persistence/query.notifier';
import { QueryStore } from '#shared/persistence/query.store';
import { Metrics } from '#shared/telemetry/metrics';
import type { StateDatabase } from './database.js';

export function makeQueryStore({ db, pool }: StateDatabase): QueryStore {
  return new QueryStore(db, new QueryNotifier(pool), new Metrics());
}

/** A datasource row that nothing opens. */
export async function insertDatasource({ pool }: Pick<StateDatabase, 'pool'>): Promise<string> {
  const id = uuidv7();
  await pool.query(
    `insert into datasource (id, name, dialect, location, sealed_connection, policy, status)
     values ($1, $2, 'sqlite', '/nowhere', 'v1:', '{}', 'ready')`,
    [id, `d-${randomUUID().slice(0, 8)}`],
  );
  return id;
}

export interface NewQuery {
  datasourceId: string;
  status?: QueryStatus;
  attempt?: number;
  question?: string;
  deadlineMs?: number;
  context?: Context;
  /** The SQL that the model proposed in the attempt. */
  proposed?: string;
  /** How long ago it was touched last. */
  untouchedMs?: number;
  /** It was made and, if its status is final, ended then. */
  madeDaysAgo?: number;
}

/** A query as it would be after the transitions to its status; with the event of its version, and no job. */
export async function insertQuery({ pool }: Pick<StateDatabase, 'pool'>, query: NewQuery): Promise<string> {
  const { datasourceId, status = 'queued', attempt = 0, question = 'What?' } = query;
  const { deadlineMs = 60_000, untouchedMs = 0, madeDaysAgo, context, proposed } = query;
  const madeAt = new Date(Date.now() - (madeDaysAgo ?? 0) * 86_400_000);
  const endedAt = madeDaysAgo !== undefined && isFinal(status) ? madeAt : null;
  const id = uuidv7({ msecs: madeAt.getTime() });
  await pool.query(
    `with q as (
       insert into query (id, datasource_id, question, status, attempt, max_corrections, candidate_count, context, created_at, updated_at, deadline_at, finished_at)
       values ($1, $2, $3, $4, $5, 3, 1, $6, $10, now() - make_interval(secs => $7::float8), now() + make_interval(secs => $8::float8), $11)
       returning id, status, attempt),
     a as (
       insert into attempt (query_id, number, model, candidates, generate_ms)
       select id, attempt, 'm', jsonb_build_array(jsonb_build_object('sql', $9::text, 'outcome', 'proposed')), 1 from q where $9 is not null)
     insert into query_event (query_id, id, status, attempt, at, data) select id, 1, status, attempt, now(), '{}' from q`,
    [
      ...[id, datasourceId, question, status, attempt, context ? JSON.stringify(context) : null],
      ...[untouchedMs / 1_000, deadlineMs / 1_000, proposed ?? null, madeAt, endedAt],
    ],
  );
  return id;
}
