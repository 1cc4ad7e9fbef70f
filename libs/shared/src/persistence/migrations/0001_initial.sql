create table datasource (
  id uuid primary key,
  name text not null,
  dialect text not null,
  -- Where the database is, without credentials: for people.
  location text not null,
  sealed_connection text not null,
  policy jsonb not null,
  status text not null check (status in ('indexing', 'ready', 'failed')),
  fingerprint text,
  error jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  removed_at timestamptz
);
create unique index datasource_name on datasource (name) where removed_at is null;

create table schema_snapshot (
  datasource_id uuid not null references datasource (id) on delete cascade,
  fingerprint text not null,
  snapshot jsonb not null,
  taken_at timestamptz not null,
  primary key (datasource_id, fingerprint)
);

create table query (
  id uuid primary key,
  datasource_id uuid not null references datasource (id),
  question text not null,
  status text not null check (
    status in ('queued', 'retrieving', 'generating', 'executing', 'succeeded', 'failed', 'cancelled')
  ),
  -- Number of the attempt that the query is in; 0 until the first one starts.
  attempt int not null default 0,
  -- Counts the transitions: the fencing token of the query and the id of its newest event.
  version int not null default 1,
  max_corrections int not null,
  candidate_count int not null,
  context jsonb,
  chosen_sql text,
  error jsonb,
  idempotency_key text,
  request_hash text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deadline_at timestamptz not null,
  finished_at timestamptz
);
create unique index query_idempotency on query (idempotency_key) where idempotency_key is not null;
create index query_open on query (updated_at, id) where status in ('queued', 'retrieving', 'generating', 'executing');
create index query_datasource on query (datasource_id, created_at);

create table attempt (
  query_id uuid not null references query (id) on delete cascade,
  number int not null,
  model text not null,
  candidates jsonb not null,
  prompt_tokens int,
  completion_tokens int,
  generate_ms double precision not null,
  execute_ms double precision,
  primary key (query_id, number)
);

create table answer (
  query_id uuid primary key references query (id) on delete cascade,
  -- json, not jsonb: cells are stored as they were read, never parsed again.
  columns json not null,
  rows json not null,
  truncated text
);

create table query_event (
  query_id uuid not null references query (id) on delete cascade,
  id int not null,
  status text not null,
  attempt int not null,
  at timestamptz not null,
  -- Milliseconds that the stage worked before this transition.
  worked_ms double precision not null default 0,
  data jsonb not null,
  primary key (query_id, id)
);
