import type { Context, ContextTable } from '#shared/contracts/context';
import type { SchemaSnapshot, TableSnapshot } from '#shared/contracts/snapshot';
import { renderTableCard } from '#shared/schema/table-card';
import type { TableHit } from '../indexing/schema-index.js';
import { JoinGraph } from './join-closure.js';
import { matchedValues, type PhraseIndex, phrasesOf } from './matched-values.js';

/** A snapshot prepared for making contexts: cards rendered and cell values parted once, foreign keys as a graph. */
export class SnapshotContext {
  private readonly tables: Map<string, TableSnapshot>;
  private readonly cards = new Map<string, string>();
  private readonly phrases: Map<string, PhraseIndex>;
  private readonly graph: JoinGraph;

  constructor(private readonly snapshot: SchemaSnapshot) {
    this.tables = new Map(snapshot.tables.map((table) => [table.name, table]));
    this.phrases = new Map(snapshot.tables.map((table) => [table.name, phrasesOf(table)]));
    this.graph = new JoinGraph(snapshot);
  }

  /**
   * The context of the hits and of the tables that join them.
   * @param limit a schema of at most this many tables goes in whole
   */
  forHits(question: string, hits: readonly TableHit[], limit: number): Context {
    const matched = hits.map((hit) => hit.table);
    const rest =
      this.tables.size <= limit
        ? this.snapshot.tables.map((table) => table.name).filter((name) => !matched.includes(name))
        : this.graph.closure(matched);
    const names = [...matched, ...rest];
    const scores = new Map(hits.map((hit) => [hit.table, hit.score]));
    return {
      dialect: this.snapshot.dialect,
      fingerprint: this.snapshot.fingerprint,
      tables: names.map((name): ContextTable => ({
        name,
        card: this.card(name),
        via: scores.has(name) ? 'match' : 'join',
        score: scores.get(name) ?? 0,
      })),
      joinPaths: this.graph.conditions(names),
      values: matchedValues(
        question,
        names.flatMap((name) => this.phrases.get(name) ?? []),
      ),
      examples: [],
    };
  }

  /** Tables to show when no word of the question matches any: the ones most connected are the likeliest subject. */
  fallback(limit: number): TableHit[] {
    const degree = (table: TableSnapshot) =>
      this.graph.conditions([table.name]).length + table.foreignKeys.length;
    const ranked = [...this.snapshot.tables].sort(
      (a, b) => degree(b) - degree(a) || a.name.localeCompare(b.name),
    );
    return ranked.slice(0, limit).map((table) => ({ table: table.name, score: 0 }));
  }

  private card(name: string): string {
    const known = this.cards.get(name);
    if (known !== undefined) return known;
    const table = this.tables.get(name);
    const card = table ? renderTableCard(table) : '';
    this.cards.set(name, card);
    return card;
  }
}
