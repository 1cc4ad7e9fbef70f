import type { ColumnType, JSONColumnType } from 'kysely';
import type { AttemptDetails, Candidate } from '../contracts/attempt.js';
import type { Context } from '../contracts/context.js';
import type { AccessPolicy, DatasourceStatus, Dialect } from '../contracts/datasource.js';
import type { Explanation, QueryError, QueryStatus } from '../contracts/query.js';
import type { SchemaSnapshot } from '../contracts/snapshot.js';

type Timestamp = ColumnType<Date, Date, Date>;
type Json<T extends object> = JSONColumnType<T>;
type NullableJson<T extends object> = ColumnType<T | null, string | null, string | null>;

/** The tables of persistence/migrations, as the query builder sees them. */
export interface Tables {
  datasource: {
    id: string;
    name: string;
    dialect: Dialect;
    location: string;
    sealed_connection: string;
    policy: Json<AccessPolicy>;
    status: DatasourceStatus;
    fingerprint: string | null;
    error: NullableJson<QueryError>;
    created_at: ColumnType<Date, never, never>;
    updated_at: ColumnType<Date, never, Date>;
    removed_at: Timestamp | null;
    examples_version: ColumnType<number, never, never>;
    /** JSON text; null where nobody described anything. */
    descriptions: string | null;
    refreshes: ColumnType<number, never, number>;
    refresh_seconds: number | null;
  };
  schema_snapshot: {
    datasource_id: string;
    fingerprint: string;
    snapshot: Json<SchemaSnapshot>;
    taken_at: Timestamp;
  };
  query: {
    id: string;
    datasource_id: string;
    question: string;
    status: QueryStatus;
    attempt: number;
    version: number;
    max_corrections: number;
    candidate_count: number;
    stream: ColumnType<boolean, never, never>;
    context: NullableJson<Context>;
    chosen_sql: string | null;
    clarification: string | null;
    error: NullableJson<QueryError>;
    idempotency_key: string | null;
    request_hash: string | null;
    caller: string | null;
    conversation_id: string | null;
    explain: ColumnType<boolean, boolean | undefined, never>;
    explanation: NullableJson<Explanation>;
    created_at: Timestamp;
    updated_at: Timestamp;
    deadline_at: Timestamp;
    finished_at: Timestamp | null;
  };
  attempt: {
    query_id: string;
    number: number;
    model: string;
    candidates: Json<Candidate[]>;
    prompt_tokens: number | null;
    completion_tokens: number | null;
    generate_ms: number;
    execute_ms: number | null;
    details: Json<AttemptDetails>;
  };
  answer: {
    query_id: string;
    columns: Json<object[]>;
    rows: Json<unknown[][]>;
    /** Null in answers from before they had pages. */
    row_count: number | null;
    truncated: 'rows' | 'bytes' | null;
  };
  answer_page: {
    query_id: string;
    first_row: number;
    row_count: number;
    rows: Json<unknown[][]>;
  };
  query_event: {
    query_id: string;
    id: number;
    status: QueryStatus;
    attempt: number;
    at: Timestamp;
    worked_ms: number;
    data: Json<Record<string, unknown>>;
  };
}
