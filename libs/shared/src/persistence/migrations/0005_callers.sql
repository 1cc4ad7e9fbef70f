-- Who asked; null where the gateway is not told.
alter table query add column caller text;
alter table statement_check add column caller text;
