-- Whether somebody wants the answer's SQL in words.
alter table query add column explain boolean not null default false;
-- The words, or why there are none; null until it is known.
alter table query add column explanation jsonb;
create index query_unexplained on query (finished_at) where explain and explanation is null and status = 'succeeded';
