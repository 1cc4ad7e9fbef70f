import type { Stage } from '../contracts/query.js';

interface ErrorEntry {
  /** HTTP status when the gateway answers with it; null where it only ends a query. */
  http: number | null;
  stage: Stage | null;
  meaning: string;
  mend: string;
}

/**
 * Every code that leaves the service, in problem documents and in a failed query's `error`.
 * Codes are stable: clients and alerts hold on to them. docs/errors.md lists them all.
 */
export const errorCatalogue = {
  invalid_request: {
    http: 400,
    stage: null,
    meaning: 'The request does not have the form that the API describes.',
    mend: 'Compare it with /openapi.json; the message names the field.',
  },
  unauthorized: {
    http: 401,
    stage: null,
    meaning: 'The API key is missing or wrong.',
    mend: 'Send `Authorization: Bearer <key>` with a key of NANO_API_KEYS.',
  },
  caller_refused: {
    http: 403,
    stage: null,
    meaning: 'The datasource runs statements as the caller, and does not know this one, or none was named.',
    mend: 'Let the proxy set the header of NANO_CALLER_HEADER, and map the caller in `asCaller` of the policy.',
  },
  not_found: {
    http: 404,
    stage: null,
    meaning: 'There is no such resource.',
    mend: 'Check the id or name in the path.',
  },
  unknown_datasource: {
    http: 404,
    stage: null,
    meaning: 'No datasource has that name.',
    mend: 'List the names with `./nano datasource list`.',
  },
  no_default_datasource: {
    http: 400,
    stage: null,
    meaning: 'The request names no datasource and the gateway has no default one.',
    mend: 'Name a datasource, or set NANO_DEFAULT_DATASOURCE.',
  },
  datasource_exists: {
    http: 409,
    stage: null,
    meaning: 'Another datasource has that name.',
    mend: 'Choose another name or remove the first one.',
  },
  too_many_examples: {
    http: 409,
    stage: null,
    meaning: 'The datasource has as many verified examples as it may.',
    mend: 'Delete some with `./nano datasource examples remove`.',
  },
  query_open: {
    http: 409,
    stage: null,
    meaning: 'The query has not ended: there is no answer to say anything of.',
    mend: 'Wait for its end.',
  },
  feedback_closed: {
    http: 409,
    stage: null,
    meaning: 'A reviewer has decided otherwise on this feedback.',
    mend: 'Send new feedback on the query, or take the example back.',
  },
  nothing_to_approve: {
    http: 409,
    stage: null,
    meaning:
      'The feedback has no SQL that could become a verified example, or its question does not stand by itself.',
    mend: 'Send feedback with the SQL that should have been the answer, on a query that begins a conversation.',
  },
  sql_refused: {
    http: 422,
    stage: null,
    meaning: 'The SQL did not pass the dry run: the guard or the database refuses it.',
    mend: 'Correct the SQL as the message says and send it as new feedback.',
  },
  not_a_reviewer: {
    http: 403,
    stage: null,
    meaning: 'The caller may not review feedback.',
    mend: 'Name the caller in NANO_REVIEWERS.',
  },
  operator_refused: {
    http: 403,
    stage: null,
    meaning: 'Operators may not change this, or another site asks for the change.',
    mend: 'Retry or discard failed jobs, on the page of the gateway itself.',
  },
  idempotency_key_reused: {
    http: 422,
    stage: null,
    meaning: 'The Idempotency-Key was used before for another request.',
    mend: 'Use a new key for a new request.',
  },
  too_many_queries: {
    http: 429,
    stage: null,
    meaning: 'As many queries are open as MAX_OPEN_QUERIES allows.',
    mend: 'Wait for the time in Retry-After, or scale the workers.',
  },
  too_many_checks: {
    http: 429,
    stage: null,
    meaning: 'As many checks of statements are open as the service takes.',
    mend: 'Wait for the time in Retry-After; one check may hold 1,000 statements.',
  },
  method_not_allowed: {
    http: 405,
    stage: null,
    meaning: 'The resource does not know that method.',
    mend: 'See /openapi.json.',
  },
  payload_too_large: {
    http: 413,
    stage: null,
    meaning: 'The request body is larger than the gateway reads.',
    mend: 'Send less.',
  },
  unsupported_media_type: {
    http: 415,
    stage: null,
    meaning: 'The body is not JSON.',
    mend: 'Send `Content-Type: application/json`.',
  },
  unavailable: {
    http: 503,
    stage: null,
    meaning: 'The database or the queue behind the service cannot be reached.',
    mend: 'Retry after a moment; `./nano doctor` tells which one it is.',
  },
  internal_error: {
    http: 500,
    stage: null,
    meaning: 'A defect of the service.',
    mend: 'Report it with the id in the message and the log lines that carry it.',
  },
  master_key_wrong: {
    http: 500,
    stage: null,
    meaning: "A datasource's credentials were sealed with another key than NANO_MASTER_KEY.",
    mend: 'Give every app the key that sealed them, or register the datasource again.',
  },

  sqlite_file_not_allowed: {
    http: 400,
    stage: null,
    meaning: 'The SQLite file does not exist, is no SQLite database, or lies outside SQLITE_ROOT.',
    mend: 'Check the path; it is read on the machine where the service runs.',
  },
  connection_failed: {
    http: 400,
    stage: null,
    meaning: 'The database refused the connection at registration.',
    mend: 'Check host, port, credentials and that the service may reach it.',
  },

  privileged_role: {
    http: 400,
    stage: null,
    meaning: "The database's role may do more than read.",
    mend: 'Run the statements in the message and register again, or send `allowPrivileged: true`.',
  },

  not_answerable: {
    http: null,
    stage: null,
    meaning: 'The question is not about what the datasource holds, so that no SQL was made up for it.',
    mend: 'Ask in the words of its tables, describe them with `./nano datasource describe`, or ask another datasource.',
  },
  payload_invalid: {
    http: null,
    stage: null,
    meaning: "A job's payload does not match its schema.",
    mend: 'Look for a producer of another version; the job stays in the failed set.',
  },
  datasource_removed: {
    http: null,
    stage: 'retrieve',
    meaning: 'The datasource was removed while the query was open.',
    mend: 'Ask on another datasource.',
  },
  datasource_not_ready: {
    http: null,
    stage: 'retrieve',
    meaning: "The datasource's first snapshot is still being taken.",
    mend: 'It is retried; ask again if it failed in the end.',
  },
  introspection_failed: {
    http: null,
    stage: 'retrieve',
    meaning: "The datasource's schema could not be read.",
    mend: '`./nano datasource show` has the reason; mend it and refresh.',
  },
  no_tables: {
    http: null,
    stage: 'retrieve',
    meaning: 'The datasource has no table that its policy shows.',
    mend: 'Check the policy and that the database holds tables.',
  },
  embeddings_unavailable: {
    http: null,
    stage: 'retrieve',
    meaning: 'The embeddings server cannot be reached or answered with an error of its own.',
    mend: 'Check that it runs and EMBEDDINGS_BASE_URL.',
  },
  embeddings_invalid: {
    http: null,
    stage: 'retrieve',
    meaning:
      'The embeddings server or model cannot be used: it refused the request, or its vectors do not fit.',
    mend: 'The message says which; check EMBEDDINGS_BASE_URL, EMBEDDINGS_MODEL and EMBEDDINGS_MODEL_DIR.',
  },
  index_unavailable: {
    http: null,
    stage: 'retrieve',
    meaning: 'Qdrant cannot be reached or answered with an error of its own.',
    mend: 'Check that it runs and QDRANT_URL.',
  },
  index_invalid: {
    http: null,
    stage: 'retrieve',
    meaning:
      'The schema index lacks what is searched, or Qdrant refused the request or has a collection that does not fit.',
    mend: 'The message says why; refresh the datasource, or check QDRANT_API_KEY and QDRANT_COLLECTION.',
  },

  model_unreachable: {
    http: null,
    stage: 'generate',
    meaning: 'The model server refused or cut the connection.',
    mend: 'Check that it runs and LLM_BASE_URL, or the endpoint in MODELS_FILE.',
  },
  model_timeout: {
    http: null,
    stage: 'generate',
    meaning: 'The model server did not answer in LLM_FIRST_TOKEN_MS or LLM_TIMEOUT_MS.',
    mend: 'Check its load, or allow more time.',
  },
  model_unavailable: {
    http: null,
    stage: 'generate',
    meaning: 'Every endpoint that could answer is set aside after failures in a row.',
    mend: 'It is retried; `nano_model_errors_total` and the log tell what the endpoints fail with.',
  },
  model_overloaded: {
    http: null,
    stage: 'generate',
    meaning: 'The model server answered 429.',
    mend: 'It is retried as Retry-After asks; add capacity or lower concurrency.',
  },
  model_error: {
    http: null,
    stage: 'generate',
    meaning: 'The model server answered 5xx.',
    mend: 'See its log.',
  },
  model_reply_malformed: {
    http: null,
    stage: 'generate',
    meaning: 'The reply is not what the OpenAI API describes.',
    mend: 'Check that LLM_BASE_URL is an OpenAI-compatible server.',
  },
  model_unknown: {
    http: null,
    stage: 'generate',
    meaning: 'No endpoint knows the model.',
    mend: 'Compare LLM_MODEL or MODELS_FILE with its /v1/models.',
  },
  model_refused: {
    http: null,
    stage: 'generate',
    meaning: 'The model server rejected the request (4xx).',
    mend: 'See the message; often the API key or an unsupported option.',
  },
  context_too_long: {
    http: null,
    stage: 'generate',
    meaning: "The prompt does not fit the model's context length.",
    mend: 'Serve the model with a longer context, or narrow the datasource with allowTables.',
  },
  no_sql: {
    http: null,
    stage: 'generate',
    meaning: 'The model wrote no SQL in any attempt.',
    mend: 'Rephrase the question, or use a stronger model.',
  },

  sql_failed: {
    http: null,
    stage: 'execute',
    meaning: 'The SQL of every attempt failed.',
    mend: 'The attempts and their errors are in the query; rephrase the question.',
  },
  database_unreachable: {
    http: null,
    stage: 'execute',
    meaning: "The datasource's database cannot be reached.",
    mend: 'It is retried; check the database and its credentials.',
  },
  sandbox_failed: {
    http: null,
    stage: 'execute',
    meaning: 'The sandbox process died before it answered.',
    mend: 'It is retried; see the executor log.',
  },

  deadline_exceeded: {
    http: null,
    stage: null,
    meaning: 'The query did not end before its deadline.',
    mend: 'Look where it waited: `timings` and the events tell. Scale that stage or raise QUERY_DEADLINE_MS.',
  },
  worker_crashed: {
    http: null,
    stage: null,
    meaning: 'The job crashed its worker again and again and was set aside.',
    mend: 'See the failed set and the worker log.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
