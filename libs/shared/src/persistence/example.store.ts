import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
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

type Row = Omit<Example, 'createdAt' | 'approvedBy'> & { createdAt: Date; approvedBy: string | null };

const columns = sql`e.id, e.question, e.sql, e.created_at as "createdAt", e.approved_by as "approvedBy"`;

/** Verified examples. Each change raises the datasource's `examples_version` along with it. */
@Injectable()
export class ExampleStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Replaces the SQL of an example with the same question.
   * @throws AppError `too_many_examples`, `unknown_datasource`
   */
  async add(datasourceId: string, example: AddExample, approvedBy: string | null): Promise<Example> {
    const question = storableText(example.question);
    const hash = createHash('sha256').update(question).digest();
    return this.db.transaction().execute(async (tx) => {
      // The row is locked from here on: two that come at once cannot both be the last that fits.
      const raised = await sql`
        update datasource set examples_version = examples_version + 1
        where id = ${datasourceId} and removed_at is null returning id`.execute(tx);
      if (raised.rows.length === 0) throw permanent('unknown_datasource', 'The datasource was removed.');
      const { rows } = await sql<Row>`
        insert into verified_example as e (id, datasource_id, question, question_hash, sql, approved_by)
        select ${uuidv7()}::uuid, ${datasourceId}::uuid, ${question}::text, ${hash}::bytea, ${storableText(example.sql)}::text, ${approvedBy}::text
        where exists (select from verified_example where datasource_id = ${datasourceId} and question_hash = ${hash})
          or (select count(*) from verified_example where datasource_id = ${datasourceId}) < ${mostExamples}
        on conflict (datasource_id, question_hash) do update
          set sql = excluded.sql, approved_by = excluded.approved_by, created_at = now()
        returning ${columns}`.execute(tx);
      const [added] = rows;
      if (added) return toExample(added);
      throw permanent('too_many_examples', `The datasource has ${mostExamples} examples.`);
    });
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

  /** False when the datasource has none of that id. */
  async remove(datasourceId: string, id: string): Promise<boolean> {
    const { rows } = await sql`
      with removed as (
        delete from verified_example where id = ${id} and datasource_id = ${datasourceId} returning datasource_id)
      update datasource set examples_version = examples_version + 1
      where id in (select datasource_id from removed) returning id`.execute(this.db);
    return rows.length > 0;
  }
}

function toExample({ createdAt, approvedBy, ...example }: Row): Example {
  return { ...example, createdAt: createdAt.toISOString(), ...(approvedBy !== null && { approvedBy }) };
}
