-- What the model asked back of a query that succeeded without SQL; null of every other.
alter table query add column clarification text;
