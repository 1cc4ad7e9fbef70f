import type pg from 'pg';

/** In one statement there may be as many locks as the server has room for. */
const atOnce = 500;

/** Tables of a warehouse of generated departments, with keys, comments and no rows. */
export async function makeWarehouse(client: pg.Client, tables: number): Promise<void> {
  for (let first = 0; first < tables; first += atOnce) {
    const last = Math.min(tables, first + atOnce);
    await client.query(`
      do $$ begin for n in ${first}..${last - 1} loop
        execute format('create table area_%s_entity_%s (id int primary key, code text unique, name text not null,
          area_%s_entity_%s_id int, amount numeric(12, 2), status varchar(20), started_on date, note text)',
          n % 40, n, (n / 2) % 40, n / 2);
        execute format('comment on table area_%s_entity_%s is %L', n % 40, n, 'entity ' || n);
        execute format('comment on column area_%s_entity_%s.amount is %L', n % 40, n, 'in euro');
      end loop; end $$`);
  }
}
