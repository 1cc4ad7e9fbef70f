/**
 * `npm run bench:prompts`: tokens of a prompt against one with the whole schema, by the number of tables, and what it costs to
 * write it. See docs/evaluation.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { buildPrompt, promptTokens } from '#shared/prompt/prompt';
import { SnapshotContext } from '../apps/retriever/src/context/snapshot-context.js';
import { EmbeddedSchemaIndex } from '../apps/retriever/src/indexing/embedded/embedded.schema-index.js';
import { SchemaSearch } from '../apps/retriever/src/schema-search.js';
import { readRetrievalSet } from '../evaluation/src/retrieval/retrieval-set.js';
import { snapshotOf } from '../evaluation/src/retrieval/spider-snapshots.js';
import { meanOf, quantilesOf } from '../evaluation/src/statistics/quantiles.js';
import { generateQuestions, generateSchema } from './retrieval/generated-schema.js';

const { values: options } = parseArgs({
  options: {
    /** Spider's folder: its databases and the questions of dev.json. */
    data: { type: 'string' },
    /** Sizes of generated schemas. */
    tables: { type: 'string', default: '10,30,100,1000,10000' },
  },
});

const budget = { tokens: 3_000, tables: 12 };
const everything = { tokens: Infinity, tables: Infinity };
/** What an 8B model that is served with 8,192 tokens leaves for a prompt. */
const promptBudget = 8_192 - 512;
const sizes = [5, 10, 20, 50];

interface Asked {
  tables: number;
  tokens: number;
  wholeTokens: number;
  writeMs: number;
}

async function ask(snapshot: SchemaSnapshot, questions: readonly string[]): Promise<Asked[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nano-bench-prompts-'));
  const index = new EmbeddedSchemaIndex(folder);
  try {
    const search = new SchemaSearch(index, null);
    await search.prepare('bench', snapshot);
    const contexts = new SnapshotContext(snapshot);
    const asked: Asked[] = [];
    for (const question of questions) {
      const hits = await search.find('bench', snapshot.fingerprint, question);
      const context = contexts.forHits(question, hits, budget);
      const whole = contexts.forHits(question, hits, everything);
      const started = performance.now();
      const { messages } = buildPrompt({ question, context, attempts: [] }, 'chat', promptBudget);
      const writeMs = performance.now() - started;
      const wholePrompt = buildPrompt({ question, context: whole, attempts: [] }, 'chat', null);
      asked.push({
        tables: snapshot.tables.length,
        tokens: promptTokens(messages),
        wholeTokens: promptTokens(wholePrompt.messages),
        writeMs,
      });
    }
    return asked;
  } finally {
    await index.close();
    rmSync(folder, { recursive: true });
  }
}

function report(name: string, asked: readonly Asked[]): void {
  const mean = (of: (each: Asked) => number) => Math.round(meanOf(asked.map(of)) ?? 0);
  const { p50, p99 } = quantilesOf(asked.map(({ writeMs }) => writeMs)) ?? { p50: NaN, p99: NaN };
  process.stdout.write(
    `${name}: ${asked.length} questions, ${mean(({ tokens }) => tokens)} tokens a prompt, ` +
      `${mean(({ wholeTokens }) => wholeTokens)} with the whole schema; written in p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms\n`,
  );
}

if (options.data !== undefined) {
  const set = await readRetrievalSet(options.data, undefined, false);
  const asked: Asked[] = [];
  for (const [at, { tables }] of set.schemas.entries()) {
    const own = set.questions.filter(({ schema }) => schema === at).map(({ question }) => question);
    asked.push(...(await ask(snapshotOf(tables), own)));
  }
  let from = 0;
  for (const size of sizes) {
    const group = asked.filter(({ tables }) => tables > from && tables <= size);
    if (group.length > 0) report(`databases of ${from + 1} to ${size} tables`, group);
    from = size;
  }
}
for (const tables of options.tables.split(',').map(Number))
  report(
    `generated schema of ${tables} tables`,
    await ask(snapshotOf(generateSchema(tables), 'postgres'), generateQuestions(tables > 5_000 ? 20 : 100)),
  );
