import { Inject, Injectable } from '@nestjs/common';
import { type InferResult, sql } from 'kysely';
import type { QueryEvent, QueryStatus, QueryView, Stage, Timings } from '#shared/contracts/query';
import type { Database } from '#shared/persistence/database';
import { gathering } from '#shared/persistence/gathering';
import { attemptsOfQuery } from '#shared/persistence/query.work';
import { DATABASE } from '#shared/persistence/tokens';

interface Step {
  status: QueryStatus;
  workedMs: number;
  tables: string[] | null;
  followsUp: string[] | null;
}

const stepsOfQuery = sql<Step[]>`(
  select jsonb_agg(jsonb_build_object('status', e.status, 'workedMs', e.worked_ms,
    'tables', e.data -> 'tables', 'followsUp', e.data -> 'followsUp') order by e.id)
  from query_event e where e.query_id = query.id)`;

/** Each may hold a first page of 1 MiB. */
const mostViews = 5;

/** Queries and their events as clients see them. */
@Injectable()
export class QueryViews {
  readonly byId = gathering((ids) => this.byIds(ids), mostViews);

  constructor(@Inject(DATABASE) private readonly db: Database) {}

  private async byIds(ids: readonly string[]): Promise<QueryView[]> {
    const one = this.db
      .selectFrom('query')
      .innerJoin('datasource', 'datasource.id', 'query.datasource_id')
      .leftJoin('answer', 'answer.query_id', 'query.id')
      .select([
        'query.id',
        'query.status',
        'datasource.name as datasource',
        'query.question',
        'query.chosen_sql as sql',
        'query.clarification',
        'query.error',
        'query.conversation_id as conversationId',
        'query.explain',
        'query.explanation',
        'query.created_at as createdAt',
        'query.finished_at as finishedAt',
        'answer.columns',
        'answer.rows',
        'answer.row_count as rowCount',
        'answer.truncated',
        attemptsOfQuery.as('attempts'),
        stepsOfQuery.as('steps'),
        sql<number>`(extract(epoch from coalesce(query.finished_at, now()) - query.created_at) * 1000)::float8`.as(
          'totalMs',
        ),
      ])
      .where('query.id', '=', sql.ref<string>('asked.id'))
      .offset(sql.lit(0));
    const { rows } = await sql<InferResult<typeof one>[number]>`
      select view.* from unnest((select ${ids}::uuid[])) as asked (id) cross join lateral ${one} as view`.execute(
      this.db,
    );
    return rows.map(({ steps, columns, rows: cells, ...row }) => {
      const followsUp = steps.find((step) => step.followsUp)?.followsUp;
      // Stored as text, so that no cell is changed by parsing it twice.
      const parse = (json: unknown) => (typeof json === 'string' ? JSON.parse(json) : []) as never;
      return {
        id: row.id,
        status: row.status,
        datasource: row.datasource,
        question: row.question,
        sql: row.sql,
        columns: parse(columns),
        rows: parse(cells),
        ...(row.rowCount !== null && { rowCount: row.rowCount }),
        truncated: row.truncated,
        attempts: row.attempts,
        tables: steps.find((step) => step.tables)?.tables ?? [],
        ...(row.conversationId !== null && { conversationId: row.conversationId }),
        ...(row.explain &&
          row.status === 'succeeded' &&
          row.sql !== null && { explanation: row.explanation ?? {} }),
        ...(followsUp && { followsUp }),
        timings: timings(steps, row.totalMs),
        createdAt: row.createdAt.toISOString(),
        finishedAt: row.finishedAt?.toISOString() ?? null,
        ...(row.clarification !== null && { clarification: row.clarification }),
        ...(row.error && { error: row.error }),
      };
    });
  }

  /** Events after the given one, in order. */
  async events(id: string, after: number): Promise<QueryEvent[]> {
    const rows = await this.db
      .selectFrom('query_event')
      .select(['id', 'status', 'attempt', 'at', 'data'])
      .where('query_id', '=', id)
      .where('id', '>', after)
      .orderBy('id')
      .execute();
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }

  /** The statuses of those of the queries that exist. */
  async statuses(ids: readonly string[]): Promise<{ id: string; status: QueryStatus; version: number }[]> {
    if (ids.length === 0) return [];
    return this.db
      .selectFrom('query')
      .select(['id', 'status', 'version'])
      .where('id', '=', sql<string>`any(${ids}::uuid[])`)
      .execute();
  }
}

/** A step's work was that of the stage before it. */
const stageOf: Partial<Record<QueryStatus, Stage>> = {
  retrieving: 'retrieve',
  generating: 'generate',
  executing: 'execute',
};

function timings(steps: readonly Step[], total: number): Timings {
  const worked = { retrieve: 0, generate: 0, execute: 0 };
  steps.forEach((step, index) => {
    const before = steps[index - 1];
    const stage = before && stageOf[before.status];
    if (stage) worked[stage] += step.workedMs;
  });
  const round = (ms: number) => Math.round(ms * 100) / 100;
  const sum = worked.retrieve + worked.generate + worked.execute;
  return {
    retrieve: round(worked.retrieve),
    generate: round(worked.generate),
    execute: round(worked.execute),
    waited: round(Math.max(total - sum, 0)),
    total: round(total),
  };
}
