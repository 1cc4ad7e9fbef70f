-- The index of open queries held their status and time of change, so that every step of a query wrote all
-- indexes anew. finished_at changes once: the steps before the end are heap-only updates, in the same page.
drop index query_open;
create index query_open on query (created_at) where finished_at is null;
alter table query set (fillfactor = 70);
