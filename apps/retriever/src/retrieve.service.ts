import { Inject, Injectable } from '@nestjs/common';
import type { Context } from '#shared/contracts/context';
import { isAppError, permanent, retryable } from '#shared/errors/app-error';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import type { QueryWork } from '#shared/persistence/query.work';
import { QueryStore } from '#shared/persistence/query.store';
import { JobQueue } from '#shared/queue/job-queue';
import { RETRIEVER_CONFIG, type RetrieverConfig } from './config.js';
import { type ContextBudget, SnapshotContext } from './context/snapshot-context.js';
import { ExampleSearch } from './examples/example-search.js';
import { SchemaSearch } from './schema-search.js';

const snapshotsKept = 32;

/** Finds the context of a question and hands the query to the generator. */
@Injectable()
export class RetrieveService {
  /** By datasource and fingerprint, so an entry never goes stale; the least recently used one goes first. */
  private readonly snapshots = new Map<string, SnapshotContext>();
  private readonly budget: ContextBudget;

  constructor(
    private readonly datasources: DatasourceStore,
    private readonly search: SchemaSearch,
    private readonly examples: ExampleSearch,
    private readonly queries: QueryStore,
    private readonly queue: JobQueue,
    @Inject(RETRIEVER_CONFIG) config: RetrieverConfig,
  ) {
    this.budget = { tokens: config.CONTEXT_TOKENS, tables: config.CONTEXT_TABLES };
  }

  async retrieve(work: QueryWork): Promise<void> {
    const started = performance.now();
    const fingerprint = fingerprintOf(work);
    const context = await this.find(work, fingerprint).catch((error: unknown) => {
      if (!isAppError(error) || error.code !== 'index_invalid') throw error;
      // The index may have been lost while its snapshot was at hand: it is built again, once.
      this.snapshots.delete(nameOf(work.datasourceId, fingerprint));
      this.examples.forget(work.datasourceId);
      return this.find(work, fingerprint);
    });
    const stored = await this.queries.storeContext(work.id, context, performance.now() - started);
    if (stored) await this.queue.enqueue('generate', { queryId: work.id, attempt: 1 });
  }

  private async find(work: QueryWork, fingerprint: string): Promise<Context> {
    const snapshot = await this.snapshot(work.datasourceId, fingerprint);
    const hits = await this.search.find(work.datasourceId, fingerprint, work.question);
    const context = snapshot.forHits(work.question, hits, this.budget);
    context.examples = await this.examples.similar(
      work.datasourceId,
      work.datasource?.examplesVersion ?? 0,
      work.question,
      context.values.map(({ value }) => value),
    );
    return context;
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
    const snapshot = await this.datasources.snapshot(datasourceId, fingerprint);
    if (!snapshot) throw retryable('datasource_not_ready', 'The snapshot was replaced in this moment.');
    // Another retriever may have taken the snapshot: this one's index then lacks it.
    await this.search.prepare(datasourceId, snapshot);
    return new SnapshotContext(snapshot);
  }
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
