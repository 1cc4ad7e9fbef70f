-- What operators did to jobs: written before it is done, completed after.
create table operator_action (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  -- The name that belongs to the key.
  operator text not null,
  -- Where the request came from, as the gateway sees it.
  address text not null,
  action text not null,
  queue text not null,
  job_id text not null,
  -- Null until it is known; for ever where the gateway ended before it was.
  outcome text
);
create index operator_action_at on operator_action (at);
