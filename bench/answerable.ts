/**
 * `npm run bench:answerable -- --data SPIDER [--embeddings none|local|URL]`: how many questions the retriever, and after it
 * the baseline model, say they cannot answer; of Spider's dev set and the samples none should be, of
 * evaluation/unanswerable/questions.yaml all. See docs/evaluation.md.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import { buildPrompt } from '#shared/prompt/prompt';
import { reply } from '../apps/baseline/src/reply.js';
import { SnapshotContext } from '../apps/retriever/src/context/snapshot-context.js';
import { Evidence } from '../apps/retriever/src/evidence/evidence.js';
import { introspectSqlite } from '../apps/retriever/src/introspection/sqlite.introspector.js';
import { SchemaSearch } from '../apps/retriever/src/schema-search.js';
import { openRetriever } from '../evaluation/src/retrieval/open-retriever.js';
import { snapshotOf } from '../evaluation/src/retrieval/spider-snapshots.js';
import { buildSamples } from '../samples/src/build.js';

const questionsSchema = z.array(z.object({ db_id: z.string(), question: z.string() }));
const unanswerableSchema = z.object({
  far: z.array(z.string()),
  near: z.record(z.string(), z.array(z.string())),
});

const { values: options } = parseArgs({
  options: { data: { type: 'string' }, embeddings: { type: 'string', default: 'none' } },
});
const home = mkdtempSync(join(tmpdir(), 'nano-answerable-'));
const retriever = await openRetriever({
  environment: { ...process.env },
  embeddings: options.embeddings,
  index: 'embedded',
});
const search = new SchemaSearch(retriever.index, retriever.embedder);
const evidence = new Evidence(search, retriever.config);
const schemas = new Map<string, Promise<{ fingerprint: string; context: SnapshotContext }>>();

try {
  if (options.data !== undefined) await measureSpider(options.data);
  await measureSamples();
} finally {
  await retriever.close();
  rmSync(home, { recursive: true, force: true });
}

async function measureSpider(folder: string): Promise<void> {
  const questions = questionsSchema.parse(JSON.parse(readFileSync(join(folder, 'dev.json'), 'utf8')));
  await measure(
    'Spider dev',
    questions.map(({ db_id: id, question }) => ({ id, question })),
    (id) => introspectSqlite(join(folder, 'database', id, `${id}.sqlite`), true),
  );
}

async function measureSamples(): Promise<void> {
  const samples = buildSamples(home);
  const { far, near } = unanswerableSchema.parse(
    parse(readFileSync('evaluation/unanswerable/questions.yaml', 'utf8')),
  );
  const tablesOf = (id: string) =>
    introspectSqlite(samples.find(({ name }) => name === id)?.path ?? '', true);
  const answerable = samples.flatMap(({ name, questions }) =>
    questions.map(({ question }) => ({ id: name, question })),
  );
  await measure('samples', answerable, tablesOf);
  await measure(
    'unanswerable, far',
    samples.flatMap(({ name: id }) => far.map((question) => ({ id, question }))),
    tablesOf,
  );
  await measure(
    'unanswerable, near',
    Object.entries(near).flatMap(([id, questions]) => questions.map((question) => ({ id, question }))),
    tablesOf,
  );
}

async function measure(
  name: string,
  questions: readonly { id: string; question: string }[],
  tablesOf: (id: string) => TableSnapshot[],
): Promise<void> {
  let [byRetriever, byBaseline] = [0, 0];
  for (const { id, question } of questions) {
    const schema = schemas.get(id) ?? prepare(id, tablesOf(id));
    schemas.set(id, schema);
    const { fingerprint, context: snapshot } = await schema;
    const hits = await search.find(id, fingerprint, question);
    const context = snapshot.forHits(question, hits, retriever.budget);
    const asked = { datasourceId: id, fingerprint, question };
    if (!(await evidence.isThere(asked, context, hits, snapshot))) byRetriever += 1;
    else {
      const { messages } = buildPrompt({ question, context, attempts: [] }, 'chat', null);
      const [text] = reply(
        messages.map((message) => ({ ...message })),
        1,
      );
      if (text?.startsWith('NOT_ANSWERABLE')) byBaseline += 1;
    }
  }
  const share = (count: number) => `${count} (${((100 * count) / questions.length).toFixed(1)} %)`;
  process.stdout.write(
    `${name.padEnd(20)} ${questions.length} questions, refused by the retriever ${share(byRetriever)}, then by the baseline ${share(byBaseline)}\n`,
  );
}

async function prepare(id: string, tables: TableSnapshot[]) {
  const snapshot = snapshotOf(tables);
  await search.prepare(id, snapshot);
  return { fingerprint: snapshot.fingerprint, context: new SnapshotContext(snapshot) };
}
