/**
 * `npm run bench:retrieval`: a retrieval's time by the number of tables, with what the index costs. See docs/retrieval.md.
 */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Embedder } from '../apps/retriever/src/embeddings/embedder.js';
import { OnnxEmbedder } from '../apps/retriever/src/embeddings/onnx.embedder.js';
import { SnapshotContext } from '../apps/retriever/src/context/snapshot-context.js';
import { EmbeddedSchemaIndex } from '../apps/retriever/src/indexing/embedded/embedded.schema-index.js';
import { SchemaSearch } from '../apps/retriever/src/schema-search.js';
import { snapshotOf } from '../evaluation/src/retrieval/spider-snapshots.js';
import { quantilesOf } from '../evaluation/src/statistics/quantiles.js';
import { RandomEmbedder } from './retrieval/random-embedder.js';
import { plotGrowth } from './retrieval/plot.js';
import { generateQuestions, generateSchema } from './retrieval/generated-schema.js';

const { values: options } = parseArgs({
  options: {
    tables: { type: 'string', default: '100,1000,10000' },
    questions: { type: 'string', default: '300' },
    /** Folder of the encoder; words alone without. */
    encoder: { type: 'string' },
    /** Random vectors in the place of an encoder's: of a search they tell the time, of embedding nothing. */
    random: { type: 'boolean', default: false },
    plot: { type: 'string' },
    out: { type: 'string' },
  },
});

interface Measured {
  tables: number;
  p50: number;
  p99: number;
  indexSeconds: number;
  diskMiB: number;
  memoryMiB: number;
}

async function measure(tables: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'nano-bench-retrieval-'));
  const index = new EmbeddedSchemaIndex(folder);
  const embedder = await openEmbedder();
  try {
    const search = new SchemaSearch(index, embedder);
    const snapshot = snapshotOf(generateSchema(tables), 'postgres');
    const started = performance.now();
    await search.prepare('bench', snapshot);
    const indexSeconds = (performance.now() - started) / 1_000;
    const context = new SnapshotContext(snapshot);
    const latencies: number[] = [];
    const questions = generateQuestions(Number(options.questions));
    for (const [at, question] of [...questions.slice(0, 20), ...questions].entries()) {
      const asked = performance.now();
      const hits = await search.find('bench', snapshot.fingerprint, question);
      context.forHits(question, hits, { tokens: 3_000, tables: 12 });
      // The first ones warm caches and the compiler; a question that is asked again has its vector already.
      if (at >= 20) latencies.push(performance.now() - asked);
    }
    const { p50, p99 } = quantilesOf(latencies) ?? { p50: NaN, p99: NaN };
    return {
      tables,
      p50,
      p99,
      indexSeconds,
      diskMiB: sizeOf(folder),
      memoryMiB: process.memoryUsage().rss / 2 ** 20,
    };
  } finally {
    await index.close();
    await embedder?.close();
    rmSync(folder, { recursive: true });
  }
}

async function openEmbedder(): Promise<Embedder | null> {
  if (options.random) return new RandomEmbedder();
  return options.encoder === undefined ? null : OnnxEmbedder.load(options.encoder);
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 2 ** 20;
}

const machine = {
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 1_024 ** 3),
  node: process.version,
  loadBefore: loadavg()[0],
};
const rows: Measured[] = [];
for (const tables of options.tables.split(',').map(Number)) {
  const row = await measure(tables);
  rows.push(row);
  process.stdout.write(
    `${row.tables} tables: p50 ${row.p50.toFixed(1)} ms, p99 ${row.p99.toFixed(1)} ms, indexed in ${row.indexSeconds.toFixed(1)} s, ${row.diskMiB.toFixed(0)} MiB on disk, ${row.memoryMiB.toFixed(0)} MiB of memory\n`,
  );
}
if (options.plot !== undefined) writeFileSync(options.plot, plotGrowth(rows));
if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify({ machine, rows }, null, 2)}\n`);
