import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { ActionOutcome, OperatorAction, OperatorActionList } from '../contracts/operator-action.js';
import type { Database } from './database.js';
import { storableText } from './storable.js';
import { DATABASE } from './tokens.js';

export type NewAction = Omit<OperatorAction, 'id' | 'at' | 'outcome'>;

/** The record of what operators do. Nothing in it is changed once its outcome is known. */
@Injectable()
export class OperatorActionStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** On disk when it returns the record's id: an action that has no record is not to be done. */
  async begin({ operator, address, action, queue, job }: NewAction): Promise<string> {
    const { rows } = await sql<{ id: string }>`
      insert into operator_action (operator, address, action, queue, job_id)
      values (${operator}, ${address}, ${action}, ${storableText(queue)}, ${storableText(job)}) returning id`.execute(
      this.db,
    );
    const [row] = rows;
    if (!row) throw new Error('the record was not written');
    return row.id;
  }

  async end(id: string, outcome: ActionOutcome): Promise<void> {
    await sql`update operator_action set outcome = ${outcome} where id = ${id} and outcome is null`.execute(
      this.db,
    );
  }

  /** Newest first, from the one before the given on. */
  async list(before: string | null, limit: number): Promise<OperatorActionList> {
    const { rows } = await sql<Omit<OperatorAction, 'at'> & { at: Date }>`
      select id, at, operator, address, action, queue, job_id as job, outcome from operator_action
      where ${before}::bigint is null or id < ${before}::bigint
      order by id desc limit ${limit + 1}`.execute(this.db);
    const actions = rows.slice(0, limit).map((row) => ({ ...row, at: row.at.toISOString() }));
    return { actions, next: rows.length > limit ? (actions.at(-1)?.id ?? null) : null };
  }
}
