import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Database } from './database.js';
import { DATABASE } from './tokens.js';

/** So many at a time: what belongs to them goes with them, and nobody shall wait for it. */
const mostAtOnce = 500;

/** Deletes what was kept long enough. */
@Injectable()
export class RetentionStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Queries that ended more than so many days ago, the oldest first, with their attempts, events and rows. One that somebody gave
   * feedback on stays: it tells what a verified example comes from.
   */
  async deleteQueries(days: number): Promise<number> {
    // Ids are UUIDs of version 7, in the order of their making: a query is not older than its id.
    const { numAffectedRows = 0n } = await sql`
      delete from query where id in (
        select id from query
        where id < ${firstIdAfter(Date.now() - days * dayMs)}::uuid
          and finished_at < now() - make_interval(days => ${days}::int)
          and not exists (select from feedback where feedback.query_id = query.id)
        order by id limit ${mostAtOnce} for update skip locked)`.execute(this.db);
    return Number(numAffectedRows);
  }

  /** Checks of statements that ended more than so many days ago, the oldest first. */
  async deleteChecks(days: number): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from statement_check where id in (
        select id from statement_check
        where id < ${firstIdAfter(Date.now() - days * dayMs)}::uuid and status <> 'open'
          and updated_at < now() - make_interval(days => ${days}::int)
        order by id limit ${mostAtOnce} for update skip locked)`.execute(this.db);
    return Number(numAffectedRows);
  }

  /** Records of what operators did more than so many days ago, the oldest first. */
  async deleteOperatorActions(days: number): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from operator_action where id in (
        select id from operator_action where at < now() - make_interval(days => ${days}::int)
        order by at limit ${mostAtOnce} for update skip locked)`.execute(this.db);
    return Number(numAffectedRows);
  }
}

const dayMs = 24 * 60 * 60 * 1_000;

/** The least UUID of version 7 of a later millisecond (RFC 9562, 5.7: its first 48 bits count them). */
function firstIdAfter(ms: number): string {
  const time = Math.max(0, Math.floor(ms) + 1)
    .toString(16)
    .padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}
