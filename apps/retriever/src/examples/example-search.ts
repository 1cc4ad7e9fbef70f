import { Inject, Injectable } from '@nestjs/common';
import type { Context } from '#shared/contracts/context';
import { ExampleStore, type VersionedExamples } from '#shared/persistence/example.store';
import type { IndexUnit } from '../indexing/unit.js';
import { stems } from '../indexing/words.js';
import { SchemaSearch } from '../schema-search.js';
import { type ExampleAnswer, ExampleAnswers } from './example-answers.js';
import { maskExample, maskQuestion } from './mask.js';
import type { SchemaValues } from './template.js';

type Examples = Context['examples'];
type Example = VersionedExamples['examples'][number];

/** More would take the place of tables. */
const examplesShown = 3;
const datasourcesKept = 32;

interface Kept {
  version: number;
  byId: ReadonlyMap<string, Example>;
  /** For the snapshot that they were last asked for with. */
  answers?: { fingerprint: string; all: ExampleAnswers };
}

/** Finds the verified examples whose questions are most like one, their literals aside. */
@Injectable()
export class ExampleSearch {
  /** The latest version by datasource; the least recently used one goes first. */
  private readonly kept = new Map<string, Kept>();

  constructor(
    @Inject(ExampleStore) private readonly store: Pick<ExampleStore, 'all'>,
    private readonly search: SchemaSearch,
  ) {}

  /**
   * @param version of the datasource's examples when the query was read; 0 where there never was one
   * @param values cell values that the question names
   * @param isShown what may stand beside the question
   */
  async similar(
    datasourceId: string,
    version: number,
    question: string,
    values: readonly string[],
    isShown: (example: Example) => boolean = () => true,
  ): Promise<Examples> {
    if (version === 0) return [];
    const kept = await this.load(datasourceId, version);
    if (kept.byId.size === 0) return [];
    const hits = await this.search.findExamples(
      datasourceId,
      String(kept.version),
      maskQuestion(question, values),
    );
    return hits
      .flatMap(({ reference }) => kept.byId.get(reference) ?? [])
      .filter(isShown)
      .slice(0, examplesShown)
      .map((example) => ({ question: example.question, sql: example.sql }));
  }

  /**
   * What answers the question without the model.
   * @param near also examples that differ in their literals
   * @param schema of the snapshot with this fingerprint
   */
  async answer(
    { datasourceId, version, question }: { datasourceId: string; version: number; question: string },
    near: boolean,
    fingerprint: string,
    schema: SchemaValues,
  ): Promise<ExampleAnswer | null> {
    if (version === 0) return null;
    const kept = await this.load(datasourceId, version);
    if (kept.answers?.fingerprint !== fingerprint)
      kept.answers = { fingerprint, all: new ExampleAnswers([...kept.byId.values()]) };
    const { all } = kept.answers;
    return all.exact(question) ?? (near ? all.near(question, schema) : null);
  }

  /** They are read and indexed again when they are next asked for. */
  forget(datasourceId: string): void {
    this.kept.delete(datasourceId);
  }

  private async load(datasourceId: string, version: number): Promise<Kept> {
    const known = this.kept.get(datasourceId);
    const kept = known && known.version >= version ? known : await this.read(datasourceId);
    this.kept.delete(datasourceId);
    this.kept.set(datasourceId, kept);
    const [oldest] = this.kept.keys();
    if (this.kept.size > datasourcesKept && oldest !== undefined) this.kept.delete(oldest);
    return kept;
  }

  private async read(datasourceId: string): Promise<Kept> {
    const { version, examples } = await this.store.all(datasourceId);
    await this.search.prepareExamples(datasourceId, String(version), () => examples.map(unitOf));
    return { version, byId: new Map(examples.map((example) => [example.id, example])) };
  }
}

function unitOf(example: Example): IndexUnit {
  const text = maskExample(example);
  const words = { name: [], body: stems(text), around: [] };
  return { kind: 'example', table: '', column: '', reference: example.id, text, words };
}
