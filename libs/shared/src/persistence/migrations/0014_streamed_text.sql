-- Whether the model's text is sent to who follows the query, while it is written.
alter table query add column stream boolean not null default false;
