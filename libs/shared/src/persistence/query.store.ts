import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { type Candidate, noModel, type Origin } from '../contracts/attempt.js';
import type { Context } from '../contracts/context.js';
import { isFinal, openStatuses, type QueryError, type ResultSet } from '../contracts/query.js';
import { type Page, pagesOf, rowCountOf } from '../results/encoded-result.js';
import { Metrics } from '../telemetry/metrics.js';
import type { Database } from './database.js';
import { QueryNotifier } from './query.notifier.js';
import { DATABASE } from './tokens.js';
import {
  type ExecutedAttempt,
  type Expected,
  inRetrieval,
  type Moved,
  type StartedAttempt,
  type Transition,
  transitionStatement,
} from './transition.js';

/**
 * Every write to a query after its insertion. Each is one compare-and-set statement, so a handler that runs twice,
 * or late, changes nothing: the method then returns false.
 */
@Injectable()
export class QueryStore {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly notifier: QueryNotifier,
    private readonly metrics: Metrics,
  ) {}

  /** queued → retrieving. A retrieval that ends soon needs no such step: the one at its end writes both. */
  startRetrieval(id: string): Promise<boolean> {
    return this.move({ id, from: { status: ['queued'] }, to: 'retrieving' });
  }

  /** retrieving → generating 1 */
  storeContext(id: string, context: Context, workedMs: number): Promise<boolean> {
    const followsUp = context.turns?.map(({ question }) => question);
    const data = { tables: context.tables.map((table) => table.name), ...(followsUp && { followsUp }) };
    return this.move({
      id,
      from: inRetrieval,
      to: 'generating',
      attempt: 1,
      context,
      workedMs,
      data,
    });
  }

  /** retrieving → executing 1: a verified example has the SQL, and no model is asked. */
  storeReuse(
    id: string,
    context: Context,
    { sql, origin }: { sql: string; origin: Origin },
    workedMs: number,
  ): Promise<boolean> {
    const candidates: Candidate[] = [{ sql, outcome: 'proposed' }];
    const nothing = { promptTokens: null, completionTokens: null, generateMs: 0 };
    const data = { tables: context.tables.map((table) => table.name), origin, candidates: [sql] };
    return this.move({
      id,
      from: inRetrieval,
      to: 'executing',
      attempt: 1,
      context,
      workedMs,
      started: { number: 1, model: noModel, candidates, details: { origin }, ...nothing },
      data,
    });
  }

  /** generating n → executing n */
  storeCandidates(id: string, started: StartedAttempt): Promise<boolean> {
    const from: Expected = { status: ['generating'], attempt: started.number };
    const data = { model: started.model, candidates: started.candidates.map((candidate) => candidate.sql) };
    return this.move({ id, from, to: 'executing', workedMs: started.generateMs, started, data });
  }

  /** generating n → succeeded: the model asks back. There is no SQL and no answer. */
  storeClarification(id: string, started: StartedAttempt, clarification: string): Promise<boolean> {
    return this.move({ ...saidStep(id, started), to: 'succeeded', clarification, data: { clarification } });
  }

  /** generating n → failed: the model says that the data has no answer. */
  storeRefusal(id: string, started: StartedAttempt, error: QueryError): Promise<boolean> {
    return this.move({ ...saidStep(id, started), to: 'failed', error, data: { error } });
  }

  /** executing n → generating n+1: a correction. */
  storeCorrection(id: string, executed: ExecutedAttempt): Promise<boolean> {
    const data = { failed: executed.candidates };
    return this.moveExecuted(id, executed, { to: 'generating', attempt: executed.number + 1, data });
  }

  /** executing n → succeeded */
  async storeAnswer(
    id: string,
    executed: ExecutedAttempt,
    chosen: Candidate,
    result: ResultSet,
  ): Promise<boolean> {
    const { columns, truncated } = result;
    const rowCount = rowCountOf(result);
    const pages = pagesOf(result);
    const firstPage = pages.next().value ?? { firstRow: 0, rowCount: 0, json: '[]' };
    const step: Transition = {
      ...executedStep(id, executed),
      to: 'succeeded',
      chosenSql: chosen.sql,
      answer: { columns, truncated, rowCount, firstPage },
      data: { sql: chosen.sql, rowCount, truncated },
    };
    if (firstPage.rowCount === rowCount) return this.move(step);
    const moved = await this.db.transaction().execute((transaction) => movePaged(transaction, step, pages));
    if (moved) this.tell(step, moved);
    return moved !== undefined;
  }

  /** executing n → failed: the last attempt failed. */
  storeDefeat(id: string, executed: ExecutedAttempt, error: QueryError): Promise<boolean> {
    return this.moveExecuted(id, executed, { to: 'failed', error, data: { error } });
  }

  /** Ends an open query with an error: from the given state, or, for deadlines and dead letters, from any. */
  fail(id: string, error: QueryError, from: Expected = { status: openStatuses }): Promise<boolean> {
    return this.move({ id, from, to: 'failed', error, data: { error } });
  }

  cancel(id: string): Promise<boolean> {
    return this.move({ id, from: { status: openStatuses }, to: 'cancelled' });
  }

  private moveExecuted(
    id: string,
    executed: ExecutedAttempt,
    step: Pick<Transition, 'to'> & Partial<Transition>,
  ): Promise<boolean> {
    return this.move({ ...executedStep(id, executed), ...step });
  }

  private async move(step: Transition): Promise<boolean> {
    const [moved] = (await transitionStatement(step).execute(this.db)).rows;
    if (moved) this.tell(step, moved);
    return moved !== undefined;
  }

  private tell(step: Transition, { seconds }: Moved): void {
    this.notifier.changed(step.id, step.to);
    if (isFinal(step.to)) this.count(step, seconds);
  }

  private count(step: Transition, seconds: number): void {
    const { ended, duration, clarifications, attempts } = this.metrics.queries;
    const status = step.to;
    ended.inc({ status, code: step.error?.code ?? '' });
    duration.observe({ status }, seconds);
    if (step.clarification !== undefined) clarifications.inc();
    if (status === 'succeeded' && step.executed) attempts.observe(step.executed.number);
  }
}

/** A reply that holds no SQL and needs none. */
function saidStep(id: string, started: StartedAttempt) {
  const from: Expected = { status: ['generating'], attempt: started.number };
  return { id, from, started, workedMs: started.generateMs };
}

function executedStep(id: string, executed: ExecutedAttempt) {
  const from: Expected = { status: ['executing'], attempt: executed.number };
  return { id, from, executed, workedMs: executed.executeMs };
}

/** Moves the query, then writes the further pages one by one: nobody sees the end before the last of them. */
async function movePaged(db: Database, step: Transition, pages: Iterable<Page>): Promise<Moved | undefined> {
  const [moved] = (await transitionStatement(step).execute(db)).rows;
  if (!moved) return undefined;
  for (const { firstRow, rowCount, json } of pages)
    await sql`insert into answer_page (query_id, first_row, row_count, rows)
      values (${step.id}, ${firstRow}, ${rowCount}, ${json}::json)`.execute(db);
  return moved;
}
