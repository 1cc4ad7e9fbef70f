-- Counts the changes of the datasource's examples: an index of them is current while it has the same number.
alter table datasource add column examples_version int not null default 0;

create table verified_example (
  id uuid primary key,
  datasource_id uuid not null references datasource (id) on delete cascade,
  question text not null,
  -- SHA-256 of the question, which may be longer than an index takes.
  question_hash bytea not null,
  sql text not null,
  approved_by text,
  created_at timestamptz not null default now(),
  unique (datasource_id, question_hash)
);
create index verified_example_order on verified_example (datasource_id, id);
