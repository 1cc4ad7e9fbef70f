-- Which processes of the service live, and what each says of its parts. A row goes when its process stops.
create table app_heartbeat (
  id uuid primary key,
  app text not null,
  version text not null,
  host text not null,
  -- How far the clock of the process is before that of PostgreSQL.
  clock_ahead_ms double precision not null,
  facts jsonb not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);
