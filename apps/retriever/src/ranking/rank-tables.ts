import type { UnitHit } from '../indexing/unit.js';
import type { SchemaGraph } from './schema-graph.js';

export interface RankedTable {
  table: string;
  /** Higher is better; comparable within one question only. */
  score: number;
}

/** What the second-best column of a table adds, of its own score; the third adds this squared, and so on. */
const decay = 0.4;

/** Tables by how likely a statement needs them, best first. Those that only foreign keys found are among them. */
export function rankTables(hits: readonly UnitHit[], graph: SchemaGraph): RankedTable[] {
  const scores = graph.weighByNeighbourhood(graph.spread(tableScores(hits)));
  return [...scores]
    .map(([table, score]) => ({ table, score }))
    .sort((a, b) => b.score - a.score || (a.table < b.table ? -1 : 1));
}

/** A table's own hit and those of its columns and their values, each kind with diminishing returns. */
function tableScores(hits: readonly UnitHit[]): Map<string, number> {
  const scores = new Map<string, number>();
  const seen = new Map<string, number>();
  for (const { kind, table, score } of hits) {
    if (table === '') continue;
    const key = `${kind} ${table}`;
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    scores.set(table, (scores.get(table) ?? 0) + score * decay ** before);
  }
  return scores;
}
