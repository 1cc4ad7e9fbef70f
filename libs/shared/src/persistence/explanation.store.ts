import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Dialect } from '../contracts/datasource.js';
import type { Explanation } from '../contracts/query.js';
import type { Database } from './database.js';
import { storableJson } from './storable.js';
import { DATABASE } from './tokens.js';

/** An answer that is to be explained. */
export interface Unexplained {
  question: string;
  sql: string;
  dialect: Dialect;
}

/** An answer without SQL, such as a clarification, has nothing to explain. */
const open = sql`query.explain and query.explanation is null and query.status = 'succeeded'
  and query.chosen_sql is not null`;

/** Explanations of answers. They come after the end of a query and change nothing else of it. */
@Injectable()
export class ExplanationStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** Undefined where none is wanted, or there is one already. */
  async unexplained(queryId: string): Promise<Unexplained | undefined> {
    const { rows } = await sql<Unexplained>`
      select query.question, query.chosen_sql as sql, datasource.dialect
      from query join datasource on datasource.id = query.datasource_id
      where query.id = ${queryId} and ${open}`.execute(this.db);
    return rows[0];
  }

  /** The first one stays: a job that runs twice changes nothing. */
  async store(queryId: string, explanation: Explanation): Promise<void> {
    await sql`
      update query set explanation = ${storableJson(explanation)}::jsonb where id = ${queryId} and ${open}`.execute(
      this.db,
    );
  }

  /** Answers of the last hour that have waited for their explanation for the given time: their job may be lost. */
  async unattended(untouchedMs: number): Promise<{ id: string; attempt: number }[]> {
    const { rows } = await sql<{ id: string; attempt: number }>`
      select query.id, query.attempt from query
      where ${open} and query.finished_at between now() - interval '1 hour'
        and now() - make_interval(secs => ${untouchedMs / 1_000}::float8)
      order by query.finished_at limit 100`.execute(this.db);
    return rows;
  }
}
