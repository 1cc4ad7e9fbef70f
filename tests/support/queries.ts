import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { QueryStatus } from '#shared/contracts/query';
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
  /** How long ago it was touched last. */
  untouchedMs?: number;
}

/** A query as it would be after the transitions to its status; with the event of its version, and no job. */
export async function insertQuery(
  { pool }: Pick<StateDatabase, 'pool'>,
  {
    datasourceId,
    status = 'queued',
    attempt = 0,
    question = 'What?',
    deadlineMs = 60_000,
    untouchedMs = 0,
  }: NewQuery,
): Promise<string> {
  const id = uuidv7();
  await pool.query(
    `with q as (
       insert into query (id, datasource_id, question, status, attempt, max_corrections, candidate_count, created_at, updated_at, deadline_at)
       values ($1, $2, $3, $4, $5, 3, 1, now(), now() - make_interval(secs => $6::float8), now() + make_interval(secs => $7::float8))
       returning id, status, attempt)
     insert into query_event (query_id, id, status, attempt, at, data) select id, 1, status, attempt, now(), '{}' from q`,
    [id, datasourceId, question, status, attempt, untouchedMs / 1_000, deadlineMs / 1_000],
  );
  return id;
}
