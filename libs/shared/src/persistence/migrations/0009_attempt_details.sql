-- What an attempt tells beside its candidates, as an object whose keys become fields of the attempt; empty in older ones.
alter table attempt add column details jsonb not null default '{}';
