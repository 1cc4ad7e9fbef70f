import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { QueryStatus } from '../contracts/query.js';
import type { Database } from './database.js';
import { gathering } from './gathering.js';
import { type QueryWork, toWork, workColumns, workDatasource, type WorkRow } from './query.work.js';
import { DATABASE } from './tokens.js';

const mostWork = 50;

/** An open query as the reconciler sees it. */
export interface OpenQuery {
  id: string;
  status: QueryStatus;
  attempt: number;
  pastDeadline: boolean;
}

@Injectable()
export class QueryReader {
  readonly work: (id: string) => Promise<QueryWork | undefined>;

  constructor(@Inject(DATABASE) private readonly db: Database) {
    this.work = gathering(async (ids) => {
      // Each by the key, also where the plan was made when the table was small: `offset 0` keeps the inner part whole.
      const { rows } = await sql<WorkRow>`
        select work.* from unnest((select ${ids}::uuid[])) as asked (id) cross join lateral (
          select ${workColumns} from query ${workDatasource} where query.id = asked.id offset 0) as work`.execute(
        db,
      );
      return rows.map(toWork);
    }, mostWork);
  }

  /** Open queries past their deadline, and those untouched for the given time: they may have lost their job. */
  async unattended(untouchedMs: number): Promise<OpenQuery[]> {
    return this.db
      .selectFrom('query')
      .select(['id', 'status', 'attempt', sql<boolean>`deadline_at <= now()`.as('pastDeadline')])
      .where('finished_at', 'is', null)
      .where((eb) =>
        eb.or([
          eb('updated_at', '<', sql<Date>`now() - make_interval(secs => ${untouchedMs / 1000}::float8)`),
          eb('deadline_at', '<=', sql<Date>`now()`),
        ]),
      )
      .orderBy('updated_at')
      .execute();
  }

  async countOpen(): Promise<number> {
    const row = await this.db
      .selectFrom('query')
      .select((eb) => eb.fn.countAll<string>().as('open'))
      .where('finished_at', 'is', null)
      .executeTakeFirstOrThrow();
    return Number(row.open);
  }
}
