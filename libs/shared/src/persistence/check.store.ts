import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { z } from 'zod';
import type { CheckStatus, CheckView, createCheckSchema, Verdict } from '../contracts/check.js';
import type { QueryError } from '../contracts/query.js';
import type { Database } from './database.js';
import type { WorkDatasource } from './query.work.js';
import { storableJson } from './storable.js';
import { DATABASE } from './tokens.js';

/** A check as the executor needs it. */
export interface CheckWork {
  datasourceId: string;
  /** Null when it was removed. */
  datasource: WorkDatasource | null;
  dryRun: boolean;
  caller: string | null;
}

export interface OpenCheck {
  id: string;
  part: number;
}

const resultsAtOnce = 500;
const keptFor = '1 day';

/** Checks of statements. Like those of queries, every write is a compare-and-set: a job that runs twice changes nothing. */
@Injectable()
export class CheckStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** False when there is no such datasource. Checks that nobody will ask for again go by the way. */
  async add(
    id: string,
    { datasource, statements, dryRun }: z.output<typeof createCheckSchema>,
    caller: string | null,
  ): Promise<boolean> {
    await sql`delete from statement_check where status <> 'open' and updated_at < now() - ${keptFor}::interval`.execute(
      this.db,
    );
    const { rows } = await sql`
      with added as (
        insert into statement_check (id, datasource_id, status, dry_run, caller)
        select ${id}::uuid, id, 'open', ${dryRun}::boolean, ${caller}::text from datasource where name = ${datasource} and removed_at is null
        returning id),
      statements as (
        insert into checked_statement (check_id, number, sql)
        select added.id, number, value
        from added, json_array_elements(${JSON.stringify(statements)}::json) with ordinality as s (value, number))
      select id from added`.execute(this.db);
    return rows.length > 0;
  }

  async countOpen(): Promise<number> {
    const { rows } = await sql<{
      open: number;
    }>`select count(*)::int as open from statement_check where status = 'open'`.execute(this.db);
    return rows[0]?.open ?? 0;
  }

  /** Undefined when the part is not, or no longer, the one to work on. */
  async work(id: string, part: number): Promise<CheckWork | undefined> {
    const { rows } = await sql<CheckWork>`
      select c.datasource_id as "datasourceId", c.dry_run as "dryRun", c.caller,
        case when d.id is not null then jsonb_build_object('name', d.name, 'status', d.status, 'fingerprint', d.fingerprint,
          'error', d.error, 'sealedConnection', d.sealed_connection, 'policy', d.policy,
          'examplesVersion', d.examples_version) end as datasource
      from statement_check c left join datasource d on d.id = c.datasource_id and d.removed_at is null
      where c.id = ${id} and c.part = ${part} and c.status = 'open'`.execute(this.db);
    return rows[0];
  }

  /** Numbers of the first statements without a verdict. */
  async pending(id: string, limit: number): Promise<number[]> {
    const { rows } = await sql<{ number: number }>`
      select number from checked_statement where check_id = ${id} and result is null order by number limit ${limit}`.execute(
      this.db,
    );
    return rows.map(({ number }) => number);
  }

  /** Undefined when it has its verdict, or the check has ended or gone on to another part. */
  async begin(id: string, part: number, number: number): Promise<{ sql: string; tries: number } | undefined> {
    const { rows } = await sql<{ sql: string; tries: number }>`
      update checked_statement s set tries = tries + 1 from statement_check c
      where c.id = ${id} and c.part = ${part} and c.status = 'open' and s.check_id = c.id and s.number = ${number} and s.result is null
      returning s.sql, s.tries`.execute(this.db);
    const [row] = rows;
    // The pool hands `json` over as it is stored.
    return row && { sql: JSON.parse(row.sql) as string, tries: row.tries };
  }

  async storeVerdict(id: string, number: number, verdict: Verdict): Promise<void> {
    await sql`
      update checked_statement set result = ${storableJson(verdict)}::jsonb
      where check_id = ${id} and number = ${number} and result is null`.execute(this.db);
  }

  /** Ends the part: the number of the next one, or null when all statements have their verdict or the part was not the current one. */
  async advance(id: string, part: number): Promise<number | null> {
    const { rows } = await sql<{ part: number; status: CheckStatus }>`
      update statement_check set part = part + 1, updated_at = now(),
        status = case when exists (select from checked_statement where check_id = ${id} and result is null) then 'open' else 'done' end
      where id = ${id} and part = ${part} and status = 'open' returning part, status`.execute(this.db);
    const [row] = rows;
    return row?.status === 'open' ? row.part : null;
  }

  async fail(id: string, error: QueryError): Promise<void> {
    await sql`
      update statement_check set status = 'failed', error = ${storableJson(error)}::jsonb, updated_at = now()
      where id = ${id} and status = 'open'`.execute(this.db);
  }

  async cancel(id: string): Promise<void> {
    await sql`update statement_check set status = 'cancelled', updated_at = now() where id = ${id} and status = 'open'`.execute(
      this.db,
    );
  }

  /** With the verdicts after the given statement that no gap separates from it. */
  async view(id: string, after: number): Promise<CheckView | undefined> {
    const { rows } = await sql<Omit<CheckView, 'error'> & { error: QueryError | null }>`
      select c.id, d.name as datasource, c.status, c.dry_run as "dryRun", c.error,
        (select count(*)::int from checked_statement s where s.check_id = c.id) as statements,
        (select coalesce(jsonb_agg(r.result || jsonb_build_object('number', r.number) order by r.number), '[]')
         from (select number, result from checked_statement s
           where s.check_id = c.id and number > ${after}::int and number < coalesce(
             (select min(g.number) from checked_statement g where g.check_id = c.id and g.number > ${after}::int and g.result is null),
             2147483647)
           order by number limit ${resultsAtOnce}::int) r) as results
      from statement_check c join datasource d on d.id = c.datasource_id where c.id = ${id}`.execute(this.db);
    const [row] = rows;
    if (!row) return undefined;
    const { error, ...view } = row;
    return { ...view, ...(error && { error }) };
  }

  /** Open checks that nobody has worked on for the time; their job may be lost. */
  async unattended(untouchedMs: number): Promise<OpenCheck[]> {
    const { rows } = await sql<OpenCheck>`
      select id, part from statement_check
      where status = 'open' and updated_at < now() - make_interval(secs => ${untouchedMs / 1_000}::float8)`.execute(
      this.db,
    );
    return rows;
  }
}
