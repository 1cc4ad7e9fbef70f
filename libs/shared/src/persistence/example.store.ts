import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { type AddExample, type Example, type ExampleList, mostExamples } from '../contracts/example.js';
import { permanent } from '../errors/app-error.js';
import type { Database } from './database.js';
import { storableText } from './storable.js';
import { DATABASE } from './tokens.js';

/** What retrieval indexes of the examples of a datasource. */
export interface VersionedExamples {
  /** Rises with every change. */
  version: number;
  examples: Pick<Example, 'id' | 'question' | 'sql'>[];
}

type Row = Omit<Example, 'createdAt' | 'approvedBy' | 'feedbackId'> & {
  createdAt: Date;
  approvedBy: string | null;
  feedbackId: string | null;
};

const columns = sql`e.id, e.question, e.sql, e.created_at as "createdAt", e.approved_by as "approvedBy", e.feedback_id as "feedbackId"`;

/** Verified examples. Each change raises the datasource's `examples_version` along with it. */
@Injectable()
export class ExampleStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Replaces the SQL of an example with the same question; the pair that was there counts as withdrawn.
   * @throws AppError `too_many_examples`, `unknown_datasource`
   */
  add(datasourceId: string, example: AddExample, approvedBy: string | null): Promise<Example> {
    return this.db.transaction().execute((tx) => this.addIn(tx, datasourceId, example, approvedBy, null));
  }

  /** The same in a transaction that does more. */
  async addIn(
    tx: Database,
    datasourceId: string,
    example: AddExample,
    approvedBy: string | null,
    feedbackId: string | null,
  ): Promise<Example> {
    const question = storableText(example.question);
    const text = storableText(example.sql);
    const hash = createHash('sha256').update(question).digest();
    // The row is locked from here on: two that come at once cannot both be the last that fits.
    const raised = await sql`
      update datasource set examples_version = examples_version + 1
      where id = ${datasourceId} and removed_at is null returning id`.execute(tx);
    if (raised.rows.length === 0) throw permanent('unknown_datasource', 'The datasource was removed.');
    const replaced = sql`select * from verified_example
      where datasource_id = ${datasourceId} and question_hash = ${hash} and sql <> ${text}`;
    await withdrawal(replaced, approvedBy).execute(tx);
    const { rows } = await sql<Row>`
      insert into verified_example as e (id, datasource_id, question, question_hash, sql, approved_by, feedback_id)
      select ${uuidv7()}::uuid, ${datasourceId}::uuid, ${question}::text, ${hash}::bytea, ${text}::text, ${approvedBy}::text, ${feedbackId}::uuid
      where exists (select from verified_example where datasource_id = ${datasourceId} and question_hash = ${hash})
        or (select count(*) from verified_example where datasource_id = ${datasourceId}) < ${mostExamples}
      on conflict (datasource_id, question_hash) do update
        set sql = excluded.sql, approved_by = excluded.approved_by, feedback_id = excluded.feedback_id, created_at = now()
      returning ${columns}`.execute(tx);
    const [added] = rows;
    if (added) return toExample(added);
    throw permanent('too_many_examples', `The datasource has ${mostExamples} examples.`);
  }

  /** In the order of their ids, from the one after the given on. */
  async list(datasourceId: string, after: string | null, limit: number): Promise<ExampleList> {
    const { rows } = await sql<Row>`
      select ${columns} from verified_example e
      where e.datasource_id = ${datasourceId} and (${after}::uuid is null or e.id > ${after}::uuid)
      order by e.id limit ${limit + 1}`.execute(this.db);
    const examples = rows.slice(0, limit).map(toExample);
    return { examples, next: rows.length > limit ? (examples.at(-1)?.id ?? null) : null };
  }

  /** Every example with the version that they are of. */
  async all(datasourceId: string): Promise<VersionedExamples> {
    const { rows } = await sql<{
      version: number;
      id: string | null;
      question: string;
      sql: string;
    }>`
      select d.examples_version as version, e.id, e.question, e.sql
      from datasource d left join verified_example e on e.datasource_id = d.id
      where d.id = ${datasourceId} order by e.id`.execute(this.db);
    const examples = rows.flatMap(({ id, question, sql }) => (id === null ? [] : [{ id, question, sql }]));
    return { version: rows[0]?.version ?? 0, examples };
  }

  /** Withdraws one. False when the datasource has none of that id. */
  async remove(datasourceId: string, id: string, withdrawnBy: string | null): Promise<boolean> {
    const { rows } = await sql`
      with removed as (
        delete from verified_example where id = ${id} and datasource_id = ${datasourceId} returning *),
      withdrawn as (${withdrawal(sql`select * from removed`, withdrawnBy)})
      update datasource set examples_version = examples_version + 1
      where id in (select datasource_id from removed) returning id`.execute(this.db);
    return rows.length > 0;
  }
}

/** Keeps what was approved and is no longer, so that what was trained on it can be told. */
function withdrawal(examples: RawBuilder<unknown>, withdrawnBy: string | null) {
  return sql`
    insert into withdrawn_example (example_id, datasource_id, question, sql, feedback_id, approved_by, approved_at, withdrawn_by)
    select id, datasource_id, question, sql, feedback_id, approved_by, created_at, ${withdrawnBy}::text from (${examples}) as gone`;
}

function toExample({ createdAt, approvedBy, feedbackId, ...example }: Row): Example {
  return {
    ...example,
    createdAt: createdAt.toISOString(),
    ...(approvedBy !== null && { approvedBy }),
    ...(feedbackId !== null && { feedbackId }),
  };
}
