-- The client's own id, or the id of the conversation's first query; null in queries from before there were any.
alter table query add column conversation_id text;
create index query_conversation on query (conversation_id, created_at) where conversation_id is not null;
