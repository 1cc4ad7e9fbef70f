import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { AddFeedback, Feedback, FeedbackList, FeedbackStatus } from '../contracts/feedback.js';
import { permanent } from '../errors/app-error.js';
import type { Database } from './database.js';
import { ExampleStore } from './example.store.js';
import { storableText } from './storable.js';
import { DATABASE } from './tokens.js';

type Nullable<T> = { [K in keyof T]-?: T[K] | null };
type Optional = Pick<Feedback, 'comment' | 'caller' | 'reviewedBy' | 'exampleId'>;
type Row = Omit<Feedback, keyof Optional | 'createdAt' | 'reviewedAt'> &
  Nullable<Optional> & { createdAt: Date; reviewedAt: Date | null; datasourceId: string; followsUp: boolean };

/** Feedback as its review needs it. */
export interface ReviewedFeedback extends Feedback {
  datasourceId: string;
  /** The question goes on from earlier ones: it means nothing by itself. */
  followsUp: boolean;
}

const selected = sql`
  select f.id, f.query_id as "queryId", d.name as datasource, q.datasource_id as "datasourceId", q.question, f.verdict,
    coalesce(f.sql, q.chosen_sql) as sql, f.comment, f.caller, f.status, f.reviewed_by as "reviewedBy",
    f.reviewed_at as "reviewedAt", f.example_id as "exampleId", f.created_at as "createdAt",
    coalesce(jsonb_array_length(q.context -> 'turns'), 0) > 0 as "followsUp"
  from feedback f join query q on q.id = f.query_id join datasource d on d.id = q.datasource_id`;

/** What people say of answers, and what reviewers made of it. A decision is one compare-and-set: the first one stands. */
@Injectable()
export class FeedbackStore {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly examples: ExampleStore,
  ) {}

  async add(
    queryId: string,
    { verdict, sql: text, comment }: AddFeedback,
    caller: string | null,
  ): Promise<Feedback> {
    const id = uuidv7();
    await sql`
      insert into feedback (id, query_id, verdict, sql, comment, caller)
      values (${id}, ${queryId}, ${verdict}, ${storable(text)}, ${storable(comment)}, ${caller})`.execute(
      this.db,
    );
    const added = await this.byId(id);
    if (!added) throw permanent('not_found', `There is no query ${queryId}.`);
    return withoutInternals(added);
  }

  async byId(id: string): Promise<ReviewedFeedback | undefined> {
    const { rows } = await sql<Row>`${selected} where f.id = ${id}`.execute(this.db);
    return rows[0] && toFeedback(rows[0]);
  }

  /** Oldest first, from the one after the given on. */
  async list(status: FeedbackStatus, after: string | null, limit: number): Promise<FeedbackList> {
    const { rows } = await sql<Row>`${selected}
      where f.status = ${status} and (${after}::uuid is null or f.id > ${after}::uuid)
      order by f.id limit ${limit + 1}`.execute(this.db);
    const feedback = rows.slice(0, limit).map((row) => withoutInternals(toFeedback(row)));
    return { feedback, next: rows.length > limit ? (feedback.at(-1)?.id ?? null) : null };
  }

  /** Makes a verified example of it. False when it is open no longer. */
  approve(
    { id, datasourceId, question }: ReviewedFeedback,
    approved: string,
    reviewer: string | null,
  ): Promise<boolean> {
    return this.db.transaction().execute(async (tx) => {
      if (!(await decide(tx, id, 'approved', reviewer))) return false;
      const example = await this.examples.addIn(tx, datasourceId, { question, sql: approved }, reviewer, id);
      await sql`update feedback set example_id = ${example.id} where id = ${id}`.execute(tx);
      return true;
    });
  }

  /** False when it is open no longer. */
  reject(id: string, reviewer: string | null): Promise<boolean> {
    return decide(this.db, id, 'rejected', reviewer);
  }
}

async function decide(
  db: Database,
  id: string,
  status: FeedbackStatus,
  reviewer: string | null,
): Promise<boolean> {
  const { rows } = await sql`
    update feedback set status = ${status}, reviewed_by = ${reviewer}, reviewed_at = now()
    where id = ${id} and status = 'open' returning id`.execute(db);
  return rows.length > 0;
}

function storable(text: string | undefined): string | null {
  return text === undefined ? null : storableText(text);
}

function toFeedback(row: Row): ReviewedFeedback {
  const { comment, caller, reviewedBy, reviewedAt, exampleId, createdAt, ...rest } = row;
  return {
    ...rest,
    ...(comment !== null && { comment }),
    ...(caller !== null && { caller }),
    ...(reviewedBy !== null && { reviewedBy }),
    ...(reviewedAt !== null && { reviewedAt: reviewedAt.toISOString() }),
    ...(exampleId !== null && { exampleId }),
    createdAt: createdAt.toISOString(),
  };
}

export function withoutInternals({
  datasourceId: _,
  followsUp: __,
  ...feedback
}: ReviewedFeedback): Feedback {
  return feedback;
}
