import { Inject, Injectable } from '@nestjs/common';
import type { Context, Turn } from '#shared/contracts/context';
import { isAppError, permanent, retryable } from '#shared/errors/app-error';
import type { QueryWork } from '#shared/persistence/query.work';
import { QueryStore } from '#shared/persistence/query.store';
import { SnapshotReader } from '#shared/persistence/snapshot.reader';
import { JobQueue } from '#shared/queue/job-queue';
import { estimateTokens } from '#shared/schema/token-estimate';
import { Metrics } from '#shared/telemetry/metrics';
import { RETRIEVER_CONFIG, type RetrieverConfig } from './config.js';
import { type ContextBudget, SnapshotContext } from './context/snapshot-context.js';
import { EarlierTurns } from './conversation/earlier-turns.js';
import { isFollowUp } from './conversation/follow-up.js';
import { tablesOfStatement } from './conversation/tables-of-statement.js';
import { Evidence } from './evidence/evidence.js';
import type { ExampleAnswer } from './examples/example-answers.js';
import { ExampleSearch } from './examples/example-search.js';
import type { UnitHit } from './indexing/unit.js';
import { SchemaSearch } from './schema-search.js';

const snapshotsKept = 32;

interface Found {
  context: Context;
  /** What a verified example says to the question, where one does. */
  answer: ExampleAnswer | null;
}

/** Finds the context of a question and hands the query to the generator. */
@Injectable()
export class RetrieveService {
  /** By datasource and fingerprint, so an entry never goes stale; the least recently used one goes first. */
  private readonly snapshots = new Map<string, SnapshotContext>();
  private readonly budget: ContextBudget;
  private readonly answers: RetrieverConfig['EXAMPLE_ANSWERS'];

  constructor(
    private readonly stored: SnapshotReader,
    private readonly search: SchemaSearch,
    private readonly examples: ExampleSearch,
    private readonly earlier: EarlierTurns,
    private readonly evidence: Evidence,
    private readonly queries: QueryStore,
    private readonly queue: JobQueue,
    private readonly metrics: Metrics,
    @Inject(RETRIEVER_CONFIG) config: RetrieverConfig,
  ) {
    this.answers = config.EXAMPLE_ANSWERS;
    this.budget = { tokens: config.CONTEXT_TOKENS, tables: config.CONTEXT_TABLES };
  }

  async retrieve(work: QueryWork): Promise<void> {
    const started = performance.now();
    const fingerprint = fingerprintOf(work);
    const { context, answer } = await this.find(work, fingerprint).catch((error: unknown) => {
      if (!isAppError(error) || error.code !== 'index_invalid') throw error;
      // The index may have been lost while its snapshot was at hand: it is built again, once.
      this.snapshots.delete(nameOf(work.datasourceId, fingerprint));
      this.examples.forget(work.datasourceId);
      return this.find(work, fingerprint);
    });
    const workedMs = performance.now() - started;
    this.measure(context);
    if (answer) return this.reuse(work.id, context, answer, workedMs);
    const stored = await this.queries.storeContext(work.id, context, workedMs);
    if (stored) await this.queue.enqueue('generate', { queryId: work.id, attempt: 1 });
  }

  private measure({ tables: found }: Context): void {
    const { tables, tokens } = this.metrics.retrieval;
    tables.observe(found.length);
    tokens.observe(found.reduce((sum, { card }) => sum + estimateTokens(card), 0));
  }

  /** Its SQL goes through the guard and the sandbox as any other; if it fails there, the context is at hand for the model. */
  private async reuse(id: string, context: Context, answer: ExampleAnswer, workedMs: number): Promise<void> {
    if (!(await this.queries.storeReuse(id, context, answer, workedMs))) return;
    this.metrics.retrieval.exampleAnswers.inc({ kind: answer.origin.kind });
    await this.queue.enqueue('execute', { queryId: id, attempt: 1 });
  }

  private async find(work: QueryWork, fingerprint: string): Promise<Found> {
    const snapshot = await this.snapshot(work.datasourceId, fingerprint);
    const turns = await this.followed(work, snapshot);
    const [latest] = turns;
    const asked = latest ? `${latest.question} ${work.question}` : work.question;
    const found = await this.search.find(work.datasourceId, fingerprint, snapshot.searched(asked));
    const hits = latest ? [...found, ...hitsOf(latest.sql, snapshot.tableNames, found)] : found;
    const context = snapshot.forHits(asked, hits, this.budget);
    if (latest) context.turns = turns;
    const version = work.datasource?.examplesVersion ?? 0;
    context.examples = await this.examples.similar(
      work.datasourceId,
      version,
      work.question,
      context.values.map(({ value }) => value),
    );
    const { datasourceId, question } = work;
    // The words of a follow-up mean something else in every conversation.
    if (latest) return { context, answer: null };
    const answer = await this.answerOf({ datasourceId, version, question }, context, snapshot);
    if (answer) return { context, answer };
    if (!(await this.evidence.isThere({ datasourceId, fingerprint, question }, context, hits, snapshot)))
      throw permanent(
        'not_answerable',
        'No table, column, value or term of the datasource is like anything in the question.',
      );
    return { context, answer: null };
  }

  private async answerOf(
    asked: { datasourceId: string; version: number; question: string },
    context: Context,
    snapshot: SnapshotContext,
  ): Promise<ExampleAnswer | null> {
    if (this.answers === 'none') return null;
    const schema = snapshot.valuesOf(context.values);
    return this.examples.answer(asked, this.answers === 'near', context.fingerprint, schema);
  }

  /** The turns that the question goes on from, the newest first; none where it opens a topic. */
  private async followed(work: QueryWork, { tableNames }: SnapshotContext): Promise<Turn[]> {
    const turns = await this.earlier.of(work);
    return turns.length > 0 && isFollowUp(work.question, tableNames) ? turns : [];
  }

  private async snapshot(datasourceId: string, fingerprint: string): Promise<SnapshotContext> {
    const key = nameOf(datasourceId, fingerprint);
    const known = this.snapshots.get(key) ?? (await this.load(datasourceId, fingerprint));
    this.snapshots.delete(key);
    this.snapshots.set(key, known);
    const [oldest] = this.snapshots.keys();
    if (this.snapshots.size > snapshotsKept && oldest !== undefined) this.snapshots.delete(oldest);
    return known;
  }

  private async load(datasourceId: string, fingerprint: string): Promise<SnapshotContext> {
    const snapshot = await this.stored.snapshot(datasourceId, fingerprint);
    if (!snapshot) throw retryable('datasource_not_ready', 'The snapshot was replaced in this moment.');
    // Another retriever may have taken the snapshot: this one's index then lacks it.
    await this.search.prepare(datasourceId, snapshot);
    return new SnapshotContext(snapshot);
  }
}

/** The tables of the turn before count as the best that was found. */
function hitsOf(sql: string, names: readonly string[], found: readonly UnitHit[]): UnitHit[] {
  const score = Math.max(1, ...found.map((hit) => hit.score));
  return tablesOfStatement(sql, names).map((table) => ({
    kind: 'table',
    table,
    column: '',
    reference: '',
    score,
  }));
}

function nameOf(datasourceId: string, fingerprint: string): string {
  return `${datasourceId} ${fingerprint}`;
}

function fingerprintOf({ datasource }: QueryWork): string {
  if (!datasource) throw permanent('datasource_removed', 'The datasource was removed.');
  if (datasource.fingerprint !== null) return datasource.fingerprint;
  if (datasource.status === 'failed')
    throw permanent('introspection_failed', datasource.error?.message ?? 'The schema could not be read.');
  throw retryable('datasource_not_ready', `The first snapshot of ${datasource.name} is still being taken.`);
}
