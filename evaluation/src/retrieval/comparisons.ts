import type { TableSnapshot } from '#shared/contracts/snapshot';
import type { Embedder } from '../../../apps/retriever/src/embeddings/embedder.js';
import { Bm25 } from './bm25.js';

/** Another way to rank the tables of one schema. */
export type Ranking = (question: string) => Promise<string[]>;

/** BM25 over the names of tables and columns. */
export function rankByNames(tables: readonly TableSnapshot[]): Ranking {
  const index = new Bm25(tables.map(textOf));
  return async (question) => ranked(tables, index.scores(question));
}

/** One vector a table, by cosine, as a vector store is filled with schemas: names in one text. */
export async function rankByOneVector(
  tables: readonly TableSnapshot[],
  embedder: Embedder,
): Promise<Ranking> {
  const vectors = await embedder.embed(tables.map(textOf));
  return async (question) => {
    const [asked = new Float32Array()] = await embedder.embed([question]);
    return ranked(
      tables,
      vectors.map((vector) => vector.reduce((sum, value, at) => sum + value * (asked[at] ?? 0), 0)),
    );
  };
}

function textOf({ name, columns }: TableSnapshot): string {
  return `${name.slice(name.lastIndexOf('.') + 1)}: ${columns.map((column) => column.name).join(', ')}`;
}

function ranked(tables: readonly TableSnapshot[], scores: readonly number[]): string[] {
  return tables
    .map(({ name }, at) => ({ name, score: scores[at] ?? 0 }))
    .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}
