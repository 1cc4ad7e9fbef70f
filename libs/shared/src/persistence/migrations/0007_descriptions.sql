-- json, not jsonb: the document keeps the order that people wrote it in.
alter table datasource add column descriptions json;
-- How often a refresh was asked for: a snapshot that was begun before the last time is not the one that was asked for.
alter table datasource add column refreshes int not null default 0;
