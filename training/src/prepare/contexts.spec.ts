import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Context } from '#shared/contracts/context';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import type { QueryWork } from '#shared/persistence/query.work';
import { buildPrompt } from '#shared/prompt/prompt';
import { Metrics } from '#shared/telemetry/metrics';
import { ExampleSearch } from '../../../apps/retriever/src/examples/example-search.js';
import { RetrieveService } from '../../../apps/retriever/src/retrieve.service.js';
import { SchemaSearch } from '../../../apps/retriever/src/schema-search.js';
import { openRetriever } from '../../../evaluation/src/retrieval/open-retriever.js';
import { Contexts } from './contexts.js';
import { toExample } from './example.js';

const folder = mkdtempSync(join(tmpdir(), 'nano-contexts-'));
const retriever = await openRetriever({
  environment: { NANO_HOME: folder, CONTEXT_TOKENS: '120' },
  embeddings: 'none',
  index: 'embedded',
});

afterAll(async () => {
  await retriever.close();
  rmSync(folder, { recursive: true });
});

function table(name: string, ...columns: string[]): SchemaSnapshot['tables'][number] {
  return {
    name,
    kind: 'table',
    columns: columns.map((column) => ({
      name: column,
      type: 'TEXT',
      nullable: true,
      sampleValues: ['Rome'],
    })),
    primaryKey: [],
    foreignKeys: [],
  };
}

const snapshot: SchemaSnapshot = {
  dialect: 'postgres',
  tables: [
    table('members', 'city', 'closed_on'),
    table('orders', 'placed_on', 'sum'),
    table('stores', 'manager', 'opened_on'),
    ...Array.from({ length: 12 }, (_, at) => table(`archive_${at}`, `a_${at}`, `b_${at}`, `c_${at}`)),
  ],
  terms: [{ term: 'churn', definition: 'members with closed_on in the period' }],
  fingerprint: 'f1',
  takenAt: new Date(0).toISOString(),
};
const examples = [
  { id: 'e1', question: 'Which stores are in Rome?', sql: 'SELECT * FROM stores' },
  { id: 'e2', question: 'What was the churn in May?', sql: 'SELECT count(*) FROM members' },
];

/** What the retriever of a deployment stores for a question. */
async function served(question: string): Promise<Context> {
  const search = new SchemaSearch(retriever.index, retriever.embedder);
  let stored: Context | undefined;
  const parts: { [At in keyof ConstructorParameters<typeof RetrieveService>]: unknown } = [
    { snapshot: () => Promise.resolve(snapshot) },
    search,
    new ExampleSearch({ all: () => Promise.resolve({ version: 7, examples }) }, search),
    { of: () => Promise.resolve([]) },
    { isThere: () => Promise.resolve(true) },
    { storeContext: (_: string, context: Context) => ((stored = context), Promise.resolve(false)) },
    {},
    new Metrics(),
    { ...retriever.config, EXAMPLE_ANSWERS: 'none' },
  ];
  const service = new RetrieveService(...(parts as ConstructorParameters<typeof RetrieveService>));
  const datasource = { fingerprint: snapshot.fingerprint, examplesVersion: 7 };
  const work = { id: 'q1', datasourceId: 'd1', question, datasource, conversationId: null };
  await service.retrieve(work as unknown as QueryWork);
  if (!stored) throw new Error('nothing was stored');
  return stored;
}

describe('what is trained on', () => {
  it.each(['How high was the churn?', 'Who runs the stores?', 'What is the sum of all orders of 2024?'])(
    'is byte by byte what the service sends: %s',
    async (question) => {
      const contexts = new Contexts(retriever);
      await contexts.add('ours', snapshot);
      contexts.approve('ours', examples);
      const context = await contexts.of('ours', question);
      const pair = { database: 'ours', question, sql: 'SELECT 1', source: 'verified' as const };
      const trained = toExample(pair, context, { template: 'chat', distractors: 0, maxTokens: 8_192 });
      const sent = buildPrompt({ question, context: await served(question), attempts: [] }, 'chat', 8_192);
      expect(JSON.stringify(trained?.messages.slice(0, -1))).toBe(JSON.stringify(sent.messages));
    },
  );

  it('has the words of the business, what their definitions name, and verified examples', async () => {
    const context = await served('How high was the churn?');
    expect(context.terms).toEqual(snapshot.terms);
    expect(context.tables[0]?.name).toBe('members');
    expect(context.examples.map(({ sql }) => sql)).toEqual(['SELECT count(*) FROM members']);
  });
});
