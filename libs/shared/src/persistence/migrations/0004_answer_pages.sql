-- The first page of an answer stays in its row; what does not fit there follows in pages, which are read one by one.
alter table answer add column row_count int;

create table answer_page (
  query_id uuid not null references query (id) on delete cascade,
  -- Counted from 0 over the whole answer.
  first_row int not null,
  row_count int not null,
  rows json not null,
  primary key (query_id, first_row)
);
