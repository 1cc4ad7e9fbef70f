import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import type { RetrieverConfig } from '../config.js';
import { SnapshotContext } from '../context/snapshot-context.js';
import { Embedder } from '../embeddings/embedder.js';
import { EmbeddedSchemaIndex } from '../indexing/embedded/embedded.schema-index.js';
import { SchemaSearch } from '../schema-search.js';
import { Evidence } from './evidence.js';

const column = (name: string, sampleValues: string[] = []) => ({
  name,
  type: 'TEXT',
  nullable: true,
  sampleValues,
});
const table = (name: string, ...columns: ReturnType<typeof column>[]) => ({
  name,
  kind: 'table' as const,
  columns,
  primaryKey: [],
  foreignKeys: [],
});
const snapshot: SchemaSnapshot = {
  dialect: 'sqlite',
  tables: [table('customers', column('town', ['Oslo'])), table('orders', column('total'))],
  terms: [{ term: 'churn', definition: 'left' }],
  fingerprint: 'f',
  takenAt: '2026-01-01T00:00:00.000Z',
};

/** Knows that clients are customers and wares are orders; everything else is like nothing. */
class Synonyms extends Embedder {
  readonly identity = 'synonyms';
  override embed(texts: readonly string[]): Promise<Float32Array[]> {
    const meanings = [/customer|client/i, /order|wares/i];
    return Promise.resolve(
      texts.map((text) => {
        const vector = new Float32Array(8);
        const meaning = meanings.findIndex((words) => words.test(text));
        vector[meaning < 0 ? 7 - (text.length % 4) : meaning] = 1;
        return vector;
      }),
    );
  }
  override async close(): Promise<void> {
    // Holds nothing.
  }
}

let folder: string;
let index: EmbeddedSchemaIndex;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nano-test-evidence-'));
  index = new EmbeddedSchemaIndex(folder);
});
afterEach(async () => {
  await index.close();
  rmSync(folder, { recursive: true });
});

async function isThere(
  question: string,
  { embedder = null as Embedder | null, tokens = 3_000, floor = 0.25, example = '' } = {},
): Promise<boolean> {
  const search = new SchemaSearch(index, embedder);
  await search.prepare('d', snapshot);
  const whole = new SnapshotContext(snapshot);
  const hits = await search.find('d', 'f', question);
  const context = whole.forHits(question, hits, { tokens, tables: 1 });
  if (example !== '') context.examples = [{ question: example, sql: 'SELECT 1' }];
  const evidence = new Evidence(search, { RELEVANCE_FLOOR: floor } as RetrieverConfig);
  return evidence.isThere({ datasourceId: 'd', fingerprint: 'f', question }, context, hits, whole);
}

const far = 'What is the weather like?';

describe('evidence that the data has an answer', () => {
  it.each([
    'How many customers are there?',
    'Who is from Oslo?',
    'What is the churn?',
    'How many are there?',
    'Wie ist das Wetter morgen?',
    'weather tomorrow',
    'How many clients do we have?',
  ])('is there, or in doubt taken to be there: %s', async (question) => {
    expect(await isThere(question, { embedder: new Synonyms() })).toBe(true);
  });

  it('is not there where neither words nor vectors find any', async () => {
    expect(await isThere(far, { embedder: new Synonyms() })).toBe(false);
  });

  it('is taken to be there by words alone', async () => {
    expect(await isThere(far)).toBe(true);
    expect(await isThere('How many clients do we have?', { tokens: 1 })).toBe(true);
  });

  it('may be a verified example', async () => {
    const example = 'How is the weather today?';
    expect(await isThere(far, { embedder: new Synonyms(), example })).toBe(true);
  });

  it('is not asked for with a floor of 0', async () => {
    expect(await isThere(far, { embedder: new Synonyms(), floor: 0 })).toBe(true);
  });
});
