import { sql } from 'kysely';
import type { Attempt } from '../contracts/attempt.js';
import type { Context } from '../contracts/context.js';
import type { AccessPolicy, DatasourceStatus } from '../contracts/datasource.js';
import type { QueryError, QueryStatus } from '../contracts/query.js';

/** A query as a stage needs it to do its work: read in one statement, with its datasource. */
export interface QueryWork {
  id: string;
  datasourceId: string;
  /** Null when it was removed. */
  datasource: WorkDatasource | null;
  question: string;
  status: QueryStatus;
  attempt: number;
  /** Who asked; null where the gateway was not told. */
  caller: string | null;
  /** Null in a query from before there were conversations. */
  conversationId: string | null;
  /** Whether the answer's SQL is to be explained. */
  explain: boolean;
  maxCorrections: number;
  candidateCount: number;
  /** Whether the model's text is sent to who follows the query. */
  stream: boolean;
  /** While it is being generated for; null in the other stages, which do not need it. */
  context: Context | null;
  attempts: Attempt[];
  /** Milliseconds until the deadline by the database's clock; negative past it. */
  remainingMs: number;
}

/** A datasource as it is stored; DatasourceStore.access opens it. */
export interface WorkDatasource {
  name: string;
  status: DatasourceStatus;
  fingerprint: string | null;
  error: QueryError | null;
  sealedConnection: string;
  policy: AccessPolicy;
  /** Rises with every change of its verified examples. */
  examplesVersion: number;
}

type Nullable<T> = { [K in keyof T]: T[K] | null };

export type WorkRow = Omit<QueryWork, 'datasource'> &
  Nullable<Omit<WorkDatasource, 'status'>> & {
    datasourceStatus: DatasourceStatus | null;
  };

export const attemptsOfQuery = sql<Attempt[]>`coalesce((
  select jsonb_agg(a.details || jsonb_build_object(
    'number', a.number, 'model', a.model, 'candidates', a.candidates, 'promptTokens', a.prompt_tokens,
    'completionTokens', a.completion_tokens, 'generateMs', a.generate_ms, 'executeMs', a.execute_ms) order by a.number)
  from attempt a where a.query_id = query.id), '[]'::jsonb)`;

export const workColumns = sql`
  query.id, query.datasource_id as "datasourceId", query.question, query.status, query.attempt, query.caller,
  query.explain, query.conversation_id as "conversationId",
  query.max_corrections as "maxCorrections", query.candidate_count as "candidateCount", query.stream,
  case when query.status = 'generating' then query.context end as context,
  ${attemptsOfQuery} as attempts,
  (extract(epoch from query.deadline_at - now()) * 1000)::float8 as "remainingMs",
  datasource.name, datasource.status as "datasourceStatus", datasource.fingerprint, datasource.error,
  datasource.sealed_connection as "sealedConnection", datasource.policy, datasource.examples_version as "examplesVersion"`;

export const workDatasource = sql`
  left join datasource on datasource.id = query.datasource_id and datasource.removed_at is null`;

export function toWork(row: WorkRow): QueryWork {
  const { name, datasourceStatus: status, fingerprint, error, sealedConnection, policy, ...rest } = row;
  const { examplesVersion, ...query } = rest;
  const removed =
    name === null ||
    status === null ||
    sealedConnection === null ||
    policy === null ||
    examplesVersion === null;
  const datasource = removed
    ? null
    : { name, status, fingerprint, error, sealedConnection, policy, examplesVersion };
  return { ...query, datasource };
}
