import { createHash } from 'node:crypto';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import type { Embedder } from './embeddings/embedder.js';
import { QuestionVectors } from './embeddings/question-vectors.js';
import type { IndexKey, SchemaIndex } from './indexing/schema-index.js';
import { unitsOf } from './indexing/snapshot-units.js';
import type { IndexUnit, UnitHit } from './indexing/unit.js';
import { questionStems } from './indexing/words.js';

/** Changes when the same snapshot is to be indexed otherwise. */
const layout = 2;

/** Indexes snapshots and finds their units: words by stems, meaning by vectors where there is an embedder. */
export class SchemaSearch {
  private readonly vectors: QuestionVectors;

  constructor(
    private readonly index: SchemaIndex,
    private readonly embedder: Embedder | null,
  ) {
    this.vectors = new QuestionVectors(embedder);
  }

  /** Does nothing where the snapshot is indexed already. */
  async prepare(datasourceId: string, snapshot: SchemaSnapshot): Promise<void> {
    await this.build(this.schemaKey(datasourceId, snapshot.fingerprint), () => unitsOf(snapshot));
  }

  /** The units of the snapshot's schema that the question is about, best first. */
  find(datasourceId: string, fingerprint: string, question: string): Promise<UnitHit[]> {
    return this.search(this.schemaKey(datasourceId, fingerprint), question);
  }

  /** Whether a unit of the schema has a word of the question. */
  async knowsWords(datasourceId: string, fingerprint: string, question: string): Promise<boolean> {
    const key = this.schemaKey(datasourceId, fingerprint);
    return (await this.index.search(key, { stems: questionStems(question), vector: null })).length > 0;
  }

  /** Cosine of the question and the text that is most like it, from -1 to 1; null where there are no vectors. */
  async nearness(question: string, texts: readonly string[]): Promise<number | null> {
    const vector = await this.vectors.of(question);
    if (!vector || !this.embedder || texts.length === 0) return null;
    const others = await this.embedder.embed(texts);
    return Math.max(...others.map((other) => dot(vector, other)));
  }

  /** @param version names the examples that the units are of */
  prepareExamples(datasourceId: string, version: string, units: () => IndexUnit[]): Promise<void> {
    return this.build(this.examplesKey(datasourceId, version), units);
  }

  findExamples(datasourceId: string, version: string, question: string): Promise<UnitHit[]> {
    return this.search(this.examplesKey(datasourceId, version), question);
  }

  drop(datasourceId: string): Promise<void> {
    return this.index.drop(datasourceId);
  }

  private async search(key: IndexKey, question: string): Promise<UnitHit[]> {
    return this.index.search(key, {
      stems: questionStems(question),
      vector: await this.vectors.of(question),
    });
  }

  private async build(key: IndexKey, units: () => IndexUnit[]): Promise<void> {
    if (await this.index.has(key)) return;
    const { embedder } = this;
    await this.index.build(key, units(), embedder ? (texts) => embedder.embed(texts) : null);
  }

  private schemaKey(datasourceId: string, fingerprint: string): IndexKey {
    return this.key(datasourceId, 'schema', fingerprint);
  }

  private examplesKey(datasourceId: string, version: string): IndexKey {
    return this.key(datasourceId, 'examples', version);
  }

  /** Another model's vectors cannot be compared, so they are another version. */
  private key(datasourceId: string, part: IndexKey['part'], content: string): IndexKey {
    const model = this.embedder?.identity ?? null;
    const version = createHash('sha256')
      .update(`${layout} ${model ?? 'words'} ${content}`)
      .digest('hex')
      .slice(0, 32);
    return { datasourceId, part, version, model };
  }
}

/** Cosine of vectors of length 1. */
function dot(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}
