-- Seconds between two refreshes that nobody asks for; null where there are none.
alter table datasource add column refresh_seconds int;
