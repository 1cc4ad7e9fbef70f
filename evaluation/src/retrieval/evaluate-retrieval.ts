import { estimateTokens } from '#shared/schema/token-estimate';
import { renderTableCard } from '#shared/schema/table-card';
import { type ContextBudget, SnapshotContext } from '../../../apps/retriever/src/context/snapshot-context.js';
import type { Embedder } from '../../../apps/retriever/src/embeddings/embedder.js';
import type { SchemaIndex } from '../../../apps/retriever/src/indexing/schema-index.js';
import { inferForeignKeys } from '../../../apps/retriever/src/introspection/inferred-keys.js';
import { SchemaSearch } from '../../../apps/retriever/src/schema-search.js';
import { meanOf, quantilesOf, type Quantiles } from '../statistics/quantiles.js';
import { rankByNames, rankByOneVector, type Ranking } from './comparisons.js';
import { type Recall, RecallCount } from './recall.js';
import type { LeftOut, RetrievalSet } from './retrieval-set.js';
import { snapshotOf } from './spider-snapshots.js';

export interface RetrievalMetrics extends Recall {
  questions: number;
  /** Questions that are left out. */
  skipped: number;
  leftOut: LeftOut;
  schemas: number;
  tables: number;
  /** One question, from its text to its context. */
  latencyMs: Quantiles | null;
  /** Of all schemas, with the vectors of what was not indexed before. */
  indexMs: number;
  /** Estimated tokens of the tables in a prompt, averaged over the questions. */
  promptTokens: { context: number; wholeSchema: number };
  comparisons: Record<string, Recall>;
}

export interface RetrievalRun {
  set: RetrievalSet;
  index: SchemaIndex;
  embedder: Embedder | null;
  ks: readonly number[];
  budget: ContextBudget;
  onProgress: (step: 'index' | 'retrieve', done: number, total: number) => void;
}

/** Asks the retriever's own code for the tables of every question, and two common rankings beside it. */
export async function evaluateRetrieval({
  set,
  index,
  embedder,
  ks,
  budget,
  onProgress,
}: RetrievalRun): Promise<RetrievalMetrics> {
  const search = new SchemaSearch(index, embedder);
  const schemas: Awaited<ReturnType<typeof prepare>>[] = [];
  for (const [at, schema] of set.schemas.entries()) {
    schemas.push(await prepare(search, schema, embedder));
    onProgress('index', at + 1, set.schemas.length);
  }
  const indexMs = schemas.reduce((sum, schema) => sum + schema.indexMs, 0);
  const own = new RecallCount(ks);
  const others = new Map<string, RecallCount>();
  const latencies: number[] = [];
  const tokens: { context: number; wholeSchema: number }[] = [];
  for (const [at, { question, schema: of, gold }] of set.questions.entries()) {
    const schema = schemas[of];
    if (!schema) continue;
    const asked = performance.now();
    const hits = await search.find(schema.id, schema.fingerprint, question);
    const context = schema.context.forHits(question, hits, budget);
    latencies.push(performance.now() - asked);
    own.add(
      gold,
      schema.context.rank(hits).map(({ table }) => table),
    );
    for (const [name, rank] of Object.entries(schema.comparisons)) {
      const count = others.get(name) ?? new RecallCount(ks);
      others.set(name, count);
      count.add(gold, await rank(question));
    }
    const cards = context.tables.reduce((sum, { card }) => sum + estimateTokens(card), 0);
    tokens.push({ context: cards, wholeSchema: schema.wholeTokens });
    onProgress('retrieve', at + 1, set.questions.length);
  }
  const { malformed, noDatabase, unreadable, noTables } = set.leftOut;
  return {
    questions: set.questions.length,
    skipped: malformed + noDatabase + unreadable + noTables,
    leftOut: set.leftOut,
    schemas: schemas.length,
    tables: set.schemas.reduce((sum, { tables }) => sum + tables.length, 0),
    ...own.result(),
    latencyMs: quantilesOf(latencies),
    indexMs,
    promptTokens: {
      context: Math.round(meanOf(tokens.map(({ context }) => context)) ?? 0),
      wholeSchema: Math.round(meanOf(tokens.map(({ wholeSchema }) => wholeSchema)) ?? 0),
    },
    comparisons: Object.fromEntries([...others].map(([name, count]) => [name, count.result()])),
  };
}

async function prepare(
  search: SchemaSearch,
  { name, tables }: RetrievalSet['schemas'][number],
  embedder: Embedder | null,
) {
  const snapshot = snapshotOf(inferForeignKeys(tables));
  const id = `evaluation-${name}`;
  const started = performance.now();
  await search.prepare(id, snapshot);
  const indexMs = performance.now() - started;
  const comparisons: Record<string, Ranking> = {
    bm25Names: rankByNames(tables),
    ...(embedder && { oneVector: await rankByOneVector(tables, embedder) }),
  };
  return {
    id,
    fingerprint: snapshot.fingerprint,
    context: new SnapshotContext(snapshot),
    comparisons,
    indexMs,
    wholeTokens: tables.reduce((sum, table) => sum + estimateTokens(renderTableCard(table)), 0),
  };
}
