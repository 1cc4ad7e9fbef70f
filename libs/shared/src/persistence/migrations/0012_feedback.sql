create table feedback (
  id uuid primary key,
  query_id uuid not null references query (id) on delete cascade,
  verdict text not null check (verdict in ('good', 'wrong', 'corrected')),
  sql text,
  comment text,
  -- Who said it; null where the gateway is not told.
  caller text,
  status text not null default 'open' check (status in ('open', 'approved', 'rejected')),
  reviewed_by text,
  reviewed_at timestamptz,
  -- The verified example that the approval made, also when it is withdrawn later.
  example_id uuid,
  created_at timestamptz not null default now()
);
create index feedback_status on feedback (status, id);

alter table verified_example add column feedback_id uuid;

-- Question-SQL pairs that were approved and are no longer: what is trained next leaves them out.
create table withdrawn_example (
  id bigint generated always as identity primary key,
  example_id uuid not null,
  datasource_id uuid not null references datasource (id) on delete cascade,
  question text not null,
  sql text not null,
  feedback_id uuid,
  approved_by text,
  approved_at timestamptz not null,
  withdrawn_by text,
  withdrawn_at timestamptz not null default now()
);
