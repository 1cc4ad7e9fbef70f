import type { TableSnapshot } from '#shared/contracts/snapshot';
import { splitName } from '../indexing/snapshot-units.js';

/** Share of a table's score that it hands on to its neighbours, again and again. */
const damping = 0.3;
/** A share of less than this of the best score is not handed on: it would reach all of a large schema and change nothing. */
const negligible = 0.001;
/** What the best, second and third table of a neighbourhood say for it. */
const shares = [0.5, 0.3, 0.2];

/**
 * The foreign keys of a snapshot as an undirected graph, and the neighbourhoods that its tables fall into: the schemas where
 * there are several, else what foreign keys connect.
 */
export class SchemaGraph {
  private readonly neighbours = new Map<string, Set<string>>();
  private readonly neighbourhoods: Map<string, string>;

  constructor(tables: readonly TableSnapshot[]) {
    const known = new Set(tables.map((table) => table.name));
    for (const { name, foreignKeys } of tables)
      for (const { referencedTable } of foreignKeys)
        if (referencedTable !== name && known.has(referencedTable)) {
          this.link(name, referencedTable);
          this.link(referencedTable, name);
        }
    const schemas = new Map(tables.map(({ name }) => [name, splitName(name).schema]));
    this.neighbourhoods = new Set(schemas.values()).size > 1 ? schemas : this.connected(tables);
  }

  /**
   * Personalised PageRank, the question's scores as the restart: a table between two hits gains from both. After Page et
   * al., 1999; as power iteration from the hits outwards, so that its cost does not grow with the schema.
   */
  spread(scores: ReadonlyMap<string, number>): Map<string, number> {
    const least = negligible * Math.max(...scores.values());
    const sum = new Map([...scores].map(([table, score]) => [table, score * (1 - damping)]));
    for (let wave = this.handOn(scores, least); wave.size > 0; wave = this.handOn(wave, least))
      for (const [table, score] of wave) sum.set(table, (sum.get(table) ?? 0) + score * (1 - damping));
    return sum;
  }

  /** Scores weighed by how well the neighbourhood of each table answers the question: one statement seldom leaves it. */
  weighByNeighbourhood(scores: ReadonlyMap<string, number>): Map<string, number> {
    const byNeighbourhood = Map.groupBy(scores, ([table]) => this.neighbourhoods.get(table) ?? table);
    const strengths = new Map(
      [...byNeighbourhood].map(([name, members]) => {
        const best = members.map(([, score]) => score).sort((a, b) => b - a);
        return [name, shares.reduce((sum, share, rank) => sum + share * (best[rank] ?? 0), 0)];
      }),
    );
    const strongest = Math.max(...strengths.values());
    return new Map(
      [...scores].map(([table, score]) => {
        const strength = strengths.get(this.neighbourhoods.get(table) ?? table) ?? 0;
        return [table, strongest > 0 ? (score * strength) / strongest : score];
      }),
    );
  }

  private handOn(wave: ReadonlyMap<string, number>, least: number): Map<string, number> {
    const next = new Map<string, number>();
    for (const [table, score] of wave) {
      const targets = this.neighbours.get(table) ?? new Set<string>();
      const share = (damping * score) / targets.size;
      if (share < least) continue;
      for (const target of targets) next.set(target, (next.get(target) ?? 0) + share);
    }
    return next;
  }

  /** Connected components, each named by its first table. */
  private connected(tables: readonly TableSnapshot[]): Map<string, string> {
    const names = new Map<string, string>();
    for (const { name: first } of tables) {
      if (names.has(first)) continue;
      names.set(first, first);
      const open = [first];
      for (let table = open.pop(); table !== undefined; table = open.pop())
        for (const next of this.neighbours.get(table) ?? [])
          if (!names.has(next)) {
            names.set(next, first);
            open.push(next);
          }
    }
    return names;
  }

  private link(from: string, to: string): void {
    this.neighbours.set(from, (this.neighbours.get(from) ?? new Set()).add(to));
  }
}
