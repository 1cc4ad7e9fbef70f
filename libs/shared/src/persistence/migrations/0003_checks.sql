create table statement_check (
  id uuid primary key,
  datasource_id uuid not null references datasource (id),
  status text not null check (status in ('open', 'done', 'failed', 'cancelled')),
  dry_run boolean not null,
  -- Counts the jobs that worked on it: the fencing token of the check.
  part int not null default 0,
  error jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index statement_check_open on statement_check (created_at) where status = 'open';

create table checked_statement (
  check_id uuid not null references statement_check (id) on delete cascade,
  number int not null,
  -- json, not text: a hostile statement may hold NUL or half a surrogate pair, and must arrive as it was sent.
  sql json not null,
  -- How often it was begun: a statement that ends its worker is given up after a few times.
  tries int not null default 0,
  result jsonb,
  primary key (check_id, number)
);
