import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Attempt } from '../contracts/attempt.js';
import type { Context } from '../contracts/context.js';
import { openStatuses, type QueryStatus } from '../contracts/query.js';
import type { Database } from './database.js';
import { DATABASE } from './tokens.js';

/** A query as a stage needs it to do its work. */
export interface QueryWork {
  id: string;
  datasourceId: string;
  question: string;
  status: QueryStatus;
  attempt: number;
  maxCorrections: number;
  candidateCount: number;
  context: Context | null;
  attempts: Attempt[];
  /** Milliseconds until the deadline by the database's clock; negative past it. */
  remainingMs: number;
}

/** An open query as the reconciler sees it. */
export interface OpenQuery {
  id: string;
  status: QueryStatus;
  attempt: number;
  pastDeadline: boolean;
}

const attemptsOfQuery = sql<Attempt[]>`coalesce((
  select json_agg(json_build_object(
    'number', a.number, 'model', a.model, 'candidates', a.candidates, 'promptTokens', a.prompt_tokens,
    'completionTokens', a.completion_tokens, 'generateMs', a.generate_ms, 'executeMs', a.execute_ms) order by a.number)
  from attempt a where a.query_id = query.id)::jsonb, '[]'::jsonb)`;

export { attemptsOfQuery };

@Injectable()
export class QueryReader {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  async work(id: string): Promise<QueryWork | undefined> {
    return this.db
      .selectFrom('query')
      .select([
        'id',
        'datasource_id as datasourceId',
        'question',
        'status',
        'attempt',
        'max_corrections as maxCorrections',
        'candidate_count as candidateCount',
        'context',
        attemptsOfQuery.as('attempts'),
        sql<number>`(extract(epoch from deadline_at - now()) * 1000)::float8`.as('remainingMs'),
      ])
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** Open queries past their deadline, and those untouched for the given time: they may have lost their job. */
  async unattended(untouchedMs: number): Promise<OpenQuery[]> {
    return this.db
      .selectFrom('query')
      .select(['id', 'status', 'attempt', sql<boolean>`deadline_at <= now()`.as('pastDeadline')])
      .where('status', 'in', openStatuses)
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
      .where('status', 'in', openStatuses)
      .executeTakeFirstOrThrow();
    return Number(row.open);
  }
}
