import { type RawBuilder, sql } from 'kysely';
import type { Attempt, AttemptDetails, Candidate } from '../contracts/attempt.js';
import type { Context } from '../contracts/context.js';
import { isFinal, type QueryError, type QueryStatus, type ResultSet } from '../contracts/query.js';
import type { Page } from '../results/encoded-result.js';
import { storableJson, storableText } from './storable.js';

/** One step in the life of a query, with all that is written along with it. */
export interface Transition {
  id: string;
  /** The state that the step expects: the compare half of compare-and-set. */
  from: Expected;
  to: QueryStatus;
  /** The attempt moved to; unchanged if left out. */
  attempt?: number;
  /** Milliseconds the stage worked before this step. */
  workedMs?: number;
  /** What the event of this step tells. */
  data?: Record<string, unknown>;
  context?: Context;
  error?: QueryError;
  chosenSql?: string;
  /** What the model asks back. */
  clarification?: string;
  started?: StartedAttempt;
  executed?: ExecutedAttempt;
  answer?: StoredAnswer;
}

/** An answer with its first page; further ones are written after the step, in its transaction. */
export interface StoredAnswer extends Omit<ResultSet, 'rows'> {
  rowCount: number;
  firstPage: Page;
}

export interface Expected {
  status: readonly QueryStatus[];
  /** Left out where any attempt may be moved from: cancelling, failing at the deadline. */
  attempt?: number;
  /** The last of the statuses, where it is written with the step after it if that comes soon: it has its event in any case. */
  passing?: QueryStatus;
}

/** A query that the retriever has at hand. */
export const inRetrieval: Expected = { status: ['queued', 'retrieving'], passing: 'retrieving' };

/** `details` become fields of the attempt. */
export interface StartedAttempt extends Omit<Attempt, 'executeMs' | keyof AttemptDetails> {
  details?: AttemptDetails;
}
export interface ExecutedAttempt {
  number: number;
  candidates: Candidate[];
  executeMs: number;
}

export interface Moved {
  seconds: number;
}

/**
 * One statement that moves the query and writes what belongs to the step, or does nothing at all.
 * @param result selects from `moved`, which has a row when the query was moved; `seconds` are since its acceptance
 */
export function transitionStatement<Row = Moved>(
  step: Transition,
  result: RawBuilder<unknown> = sql`select seconds from moved`,
): RawBuilder<Row> {
  const parts = [movedPart(step), eventPart(step)];
  if (step.started) parts.push(startedPart(step.started));
  if (step.executed) parts.push(executedPart(step.executed));
  if (step.answer) parts.push(answerPart(step.answer));
  return sql<Row>`with ${sql.join(parts)} ${result}`;
}

function movedPart(step: Transition) {
  const { passing } = step.from;
  const steps = passing ? sql`case when status = ${passing} then 1 else 2 end` : sql`1`;
  const sets = [sql`status = ${step.to}`, sql`version = version + ${steps}`, sql`updated_at = now()`];
  if (step.attempt !== undefined) sets.push(sql`attempt = ${step.attempt}`);
  if (step.context) sets.push(sql`context = ${storableJson(step.context)}`);
  if (step.error) sets.push(sql`error = ${storableJson(step.error)}`);
  if (step.chosenSql !== undefined) sets.push(sql`chosen_sql = ${storableText(step.chosenSql)}`);
  if (step.clarification !== undefined) sets.push(sql`clarification = ${storableText(step.clarification)}`);
  if (isFinal(step.to)) sets.push(sql`finished_at = now()`);
  const sameAttempt = step.from.attempt === undefined ? sql`true` : sql`attempt = ${step.from.attempt}`;
  // A step between stages that a crash of the database loses is walked again by the reconciler; an end, once seen, must last.
  const durability = isFinal(step.to) ? 'on' : 'off';
  return sql`moved as (
    update query set ${sql.join(sets)}
    where id = ${step.id} and status in (${sql.join(step.from.status)}) and ${sameAttempt}
      and set_config('synchronous_commit', ${durability}, true) is not null
    returning id, version, status, attempt, extract(epoch from clock_timestamp() - created_at)::float8 as seconds)`;
}

function eventPart(step: Transition) {
  const workedMs = sql`${step.workedMs ?? 0}::double precision`;
  const event = sql`
    select id, version, status, attempt, now(), ${workedMs}, ${storableJson(step.data ?? {})}::jsonb from moved`;
  const { passing } = step.from;
  // Where the status was written by itself, its event is there.
  const passed = sql`
    select id, version - 1, ${passing}::text, 0, now() - make_interval(secs => ${workedMs} / 1000), 0, '{}'::jsonb from moved
    union all ${event}
    on conflict do nothing`;
  return sql`event as (
    insert into query_event (query_id, id, status, attempt, at, worked_ms, data) ${passing ? passed : event})`;
}

function startedPart(attempt: StartedAttempt) {
  return sql`started as (
    insert into attempt (query_id, number, model, candidates, prompt_tokens, completion_tokens, generate_ms, details)
    select id, ${attempt.number}::int, ${storableText(attempt.model)}, ${storableJson(attempt.candidates)}::jsonb,
      ${attempt.promptTokens}::int, ${attempt.completionTokens}::int, ${attempt.generateMs}::double precision, ${storableJson(attempt.details ?? {})}::jsonb from moved)`;
}

function executedPart(attempt: ExecutedAttempt) {
  return sql`executed as (
    update attempt set candidates = ${storableJson(attempt.candidates)}::jsonb, execute_ms = ${attempt.executeMs}
    from moved where attempt.query_id = moved.id and attempt.number = ${attempt.number})`;
}

function answerPart(answer: StoredAnswer) {
  return sql`stored as (
    insert into answer (query_id, columns, rows, row_count, truncated)
    select id, ${JSON.stringify(answer.columns)}::json, ${answer.firstPage.json}::json, ${answer.rowCount}::int, ${answer.truncated}::text from moved)`;
}
