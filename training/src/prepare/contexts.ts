import type { Context, ContextTable } from '#shared/contracts/context';
import type { SchemaSnapshot, TableSnapshot } from '#shared/contracts/snapshot';
import type { VersionedExamples } from '#shared/persistence/example.store';
import { renderTableCard } from '#shared/schema/table-card';
import { SnapshotContext } from '../../../apps/retriever/src/context/snapshot-context.js';
import { ExampleSearch } from '../../../apps/retriever/src/examples/example-search.js';
import { SchemaSearch } from '../../../apps/retriever/src/schema-search.js';
import { sha256Of } from './question-sets.js';
import type { OpenRetriever } from '../../../evaluation/src/retrieval/open-retriever.js';

const mostDistractors = 3;

type Examples = VersionedExamples['examples'];
export type IsShown = (example: Examples[number]) => boolean;

interface Prepared {
  snapshot: SchemaSnapshot;
  context: SnapshotContext;
}

/** Contexts as the service makes them: its own retriever over a database's own snapshot. */
export class Contexts {
  private readonly search: SchemaSearch;
  private readonly examples: ExampleSearch;
  private readonly prepared = new Map<string, Prepared>();
  private readonly approved = new Map<string, VersionedExamples>();

  constructor(private readonly retriever: OpenRetriever) {
    this.search = new SchemaSearch(retriever.index, retriever.embedder);
    const none = { version: 0, examples: [] };
    this.examples = new ExampleSearch(
      { all: (id) => Promise.resolve(this.approved.get(id) ?? none) },
      this.search,
    );
  }

  async add(database: string, snapshot: SchemaSnapshot): Promise<void> {
    await this.search.prepare(idOf(database), snapshot);
    this.prepared.set(database, { snapshot, context: new SnapshotContext(snapshot) });
  }

  snapshotOf(database: string): SchemaSnapshot | undefined {
    return this.prepared.get(database)?.snapshot;
  }

  /** The verified examples of a database: the service shows those that are most like a question beside it. */
  approve(database: string, examples: Examples): void {
    // The index outlives the process: other examples are another version, 48 bits of their hash.
    const version = Number.parseInt(sha256Of(JSON.stringify(examples)).slice(0, 12), 16);
    this.approved.set(idOf(database), { version, examples });
  }

  /** @param isShown which verified examples may stand beside the question */
  async of(database: string, question: string, isShown: IsShown = () => true): Promise<Context> {
    const prepared = this.prepared.get(database);
    if (!prepared) throw new Error(`the database ${database} was not added`);
    const { snapshot, context } = prepared;
    const id = idOf(database);
    const hits = await this.search.find(id, snapshot.fingerprint, context.searched(question));
    const found = context.forHits(question, hits, this.retriever.budget);
    const { version = 0 } = this.approved.get(id) ?? {};
    const values = found.values.map(({ value }) => value);
    return { ...found, examples: await this.examples.similar(id, version, question, values, isShown) };
  }

  /**
   * Up to three tables of other databases beside a context's own: the model must choose, as it must in a company's schema of
   * thousands. Names that the context's database has are not taken.
   * @param random numbers from 0 to 1
   */
  withDistractors(database: string, context: Context, random: () => number): Context {
    const own = new Set(this.snapshotOf(database)?.tables.map(({ name }) => name.toLowerCase()));
    const others = [...this.prepared].filter(([name]) => name !== database);
    const added = new Map<string, ContextTable>();
    const wanted = 1 + Math.floor(random() * mostDistractors);
    for (let tries = 0; tries < 4 * wanted && added.size < wanted && others.length > 0; tries += 1) {
      const table = drawn(drawn(others, random)[1].snapshot.tables, random);
      const name = table.name.toLowerCase();
      if (!own.has(name)) added.set(name, distractor(table));
    }
    return { ...context, tables: [...context.tables, ...added.values()] };
  }
}

/** Without its keys to tables that are not there. */
function distractor(table: TableSnapshot): ContextTable {
  return { name: table.name, card: renderTableCard({ ...table, foreignKeys: [] }), via: 'match', score: 0 };
}

function drawn<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)] as T;
}

function idOf(database: string): string {
  return `training-${database}`;
}
