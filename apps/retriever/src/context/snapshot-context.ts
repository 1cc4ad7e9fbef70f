import type { Context, ContextTable } from '#shared/contracts/context';
import type { ForeignKey, SchemaSnapshot, TableSnapshot, Term } from '#shared/contracts/snapshot';
import { renderTableCard } from '#shared/schema/table-card';
import { estimateTokens } from '#shared/schema/token-estimate';
import { normalForm } from '../examples/question-tokens.js';
import type { SchemaValues } from '../examples/template.js';
import { unitsOf } from '../indexing/snapshot-units.js';
import type { UnitHit, UnitSubject } from '../indexing/unit.js';
import { questionStems, stems } from '../indexing/words.js';
import { JoinGraph } from '../ranking/join-closure.js';
import { rankTables, type RankedTable } from '../ranking/rank-tables.js';
import { SchemaGraph } from '../ranking/schema-graph.js';
import { matchedValues, type PhraseIndex, phrasesOf } from './matched-values.js';
import { pruneColumns } from './wide-tables.js';

export interface ContextBudget {
  /** Estimated tokens of all cards. */
  tokens: number;
  /** Tables of a schema that does not fit whole. */
  tables: number;
}

/** A table this much as likely as the best one is worth the tables that join it. */
const likely = 0.35;

/** A snapshot prepared for making contexts; cards and cell phrases are made when first needed. */
export class SnapshotContext {
  private readonly tables: Map<string, TableSnapshot>;
  private readonly cards = new Map<string, string>();
  private readonly phrases = new Map<string, PhraseIndex>();
  private readonly joins: JoinGraph;
  private readonly graph: SchemaGraph;
  private readonly referenced: Map<string, ForeignKey[]>;
  private wholeTokens: number | undefined;
  private termStems: { term: Term; words: string[] }[] | undefined;
  private names: ReadonlySet<string> | undefined;

  constructor(private readonly snapshot: SchemaSnapshot) {
    this.tables = new Map(snapshot.tables.map((table) => [table.name, table]));
    this.joins = new JoinGraph(snapshot);
    this.graph = new SchemaGraph(snapshot.tables);
    this.referenced = Map.groupBy(
      snapshot.tables.flatMap((table) => table.foreignKeys),
      (key) => key.referencedTable,
    );
  }

  get tableNames(): string[] {
    return [...this.tables.keys()];
  }

  /** Tables by how likely a statement needs them, best first; by their connections where nothing was found. */
  rank(hits: readonly UnitHit[]): RankedTable[] {
    // An index may be a moment ahead of the snapshot, or behind.
    const ranked = rankTables(hits, this.graph).filter(({ table }) => this.tables.has(table));
    return ranked.length > 0 ? ranked : this.mostConnected();
  }

  /** What the vectors of these units are made of. */
  textsOf(hits: readonly UnitHit[]): string[] {
    const tables = [...new Set(hits.map(({ table }) => table))].flatMap(
      (name) => this.tables.get(name) ?? [],
    );
    const found = new Set(hits.map(unitName));
    const units = unitsOf({ ...this.snapshot, tables, terms: [] });
    return units.filter((unit) => unit.text !== '' && found.has(unitName(unit))).map(({ text }) => text);
  }

  /** What is searched for a question: the definitions of its terms name tables and columns that it does not. */
  searched(question: string): string {
    return [question, ...this.termsIn(question).map(({ definition }) => definition)].join('\n');
  }

  /** @param hits of what {@link searched} says of the question */
  forHits(question: string, hits: readonly UnitHit[], budget: ContextBudget): Context {
    const ranked = this.rank(hits);
    const whole = this.fitsWhole(budget.tokens);
    const tables = whole ? this.all(ranked) : this.chosen(ranked, hits, budget);
    const names = tables.map((table) => table.name);
    const found = new Set(hits.flatMap(({ kind, reference }) => (kind === 'term' ? [reference] : [])));
    return {
      dialect: this.snapshot.dialect,
      fingerprint: this.snapshot.fingerprint,
      tables,
      joinPaths: this.joins.conditions(names),
      values: matchedValues(
        question,
        names.map((name) => this.phrasesOf(name)),
      ),
      examples: [],
      terms: this.termsIn(question).filter(({ term }) => found.has(term)),
    };
  }

  /**
   * What the schema knows of the values of a question.
   * @param values cell values that the question names
   */
  valuesOf(values: Context['values']): SchemaValues {
    this.names ??= new Set(
      this.snapshot.tables.flatMap(({ name, columns }) => [
        name.toLowerCase(),
        ...columns.map((column) => column.name.toLowerCase()),
      ]),
    );
    const { names } = this;
    return {
      dialect: this.snapshot.dialect,
      isName: (text) => names.has(text.toLowerCase()),
      cellLike: (like, phrase) => this.cellLike(like, phrase, values),
    };
  }

  private cellLike(like: string, phrase: string, values: Context['values']): string | null {
    const named = normalForm(phrase);
    const written = values.flatMap(({ table, column, value }) => {
      if (normalForm(value) !== named) return [];
      const { sampleValues = [] } = this.tables.get(table)?.columns.find(({ name }) => name === column) ?? {};
      const other = sampleValues.find((cell) => cell.toLowerCase() === like.toLowerCase());
      return other === undefined ? [] : writtenLike(like, other, value);
    });
    const [only, ...others] = new Set(written);
    return only !== undefined && others.length === 0 ? only : null;
  }

  private fitsWhole(tokens: number): boolean {
    if (this.snapshot.tables.length > tokens) return false;
    this.wholeTokens ??= this.snapshot.tables.reduce(
      (sum, { name }) => sum + estimateTokens(this.card(name)),
      0,
    );
    return this.wholeTokens <= tokens;
  }

  private all(ranked: readonly RankedTable[]): ContextTable[] {
    const scores = new Map(ranked.map(({ table, score }) => [table, score]));
    const rest = this.snapshot.tables.map(({ name }) => name).filter((name) => !scores.has(name));
    return [...scores.keys(), ...rest].map((name) => ({
      name,
      card: this.card(name),
      via: scores.has(name) ? 'match' : 'whole',
      score: scores.get(name) ?? 0,
    }));
  }

  /** The likely tables, those that join them, then the next ones, as far as the budget goes; one table at least. */
  private chosen(
    ranked: readonly RankedTable[],
    hits: readonly UnitHit[],
    budget: ContextBudget,
  ): ContextTable[] {
    const best = ranked[0]?.score ?? 0;
    const first = ranked.filter(({ score }) => score >= likely * best).slice(0, budget.tables);
    const joining = this.joins.closure(first.map(({ table }) => table));
    const scores = new Map(ranked.map(({ table, score }) => [table, score]));
    const order = new Set([...first.map(({ table }) => table), ...joining, ...scores.keys()]);
    const columns = foundColumns(hits);
    const tables: ContextTable[] = [];
    let tokens = 0;
    for (const name of order) {
      if (tables.length >= budget.tables) break;
      const card = this.prunedCard(name, columns.get(name) ?? new Set());
      const size = estimateTokens(card);
      if (tokens + size > budget.tokens && tables.length > 0) continue;
      tokens += size;
      tables.push({
        name,
        card,
        via: joining.includes(name) ? 'join' : 'match',
        score: scores.get(name) ?? 0,
      });
    }
    return tables;
  }

  /** Terms whose words all stand in the question. */
  private termsIn(question: string): Term[] {
    this.termStems ??= (this.snapshot.terms ?? []).map((term) => ({ term, words: stems(term.term) }));
    if (this.termStems.length === 0) return [];
    const words = new Set([...questionStems(question), ...stems(question)]);
    return this.termStems.flatMap(({ term, words: own }) =>
      own.length > 0 && own.every((stem) => words.has(stem)) ? [term] : [],
    );
  }

  private mostConnected(): RankedTable[] {
    const degree = ({ name, foreignKeys }: TableSnapshot) =>
      foreignKeys.length + (this.referenced.get(name)?.length ?? 0);
    return this.snapshot.tables
      .toSorted((a, b) => degree(b) - degree(a) || (a.name < b.name ? -1 : 1))
      .map(({ name }) => ({ table: name, score: 0 }));
  }

  private prunedCard(name: string, found: ReadonlySet<string>): string {
    const table = this.tables.get(name);
    if (!table) return '';
    const pruned = pruneColumns(table, found, this.referenced.get(name) ?? []);
    const left = table.columns.length - pruned.columns.length;
    return left === 0 ? this.card(name) : `${renderTableCard(pruned)}\n  -- and ${left} more columns`;
  }

  private card(name: string): string {
    const known = this.cards.get(name);
    if (known !== undefined) return known;
    const table = this.tables.get(name);
    const card = table ? renderTableCard(table) : '';
    this.cards.set(name, card);
    return card;
  }

  private phrasesOf(name: string): PhraseIndex {
    const known = this.phrases.get(name);
    if (known) return known;
    const table = this.tables.get(name);
    const phrases: PhraseIndex = table ? phrasesOf(table) : new Map();
    this.phrases.set(name, phrases);
    return phrases;
  }
}

/** The value as the statement writes the other one of its column: as the cell has it, or in upper or lower case throughout. */
function writtenLike(like: string, cell: string, value: string): string[] {
  if (like === cell) return [value];
  if (like === cell.toLowerCase()) return [value.toLowerCase()];
  return like === cell.toUpperCase() ? [value.toUpperCase()] : [];
}

function unitName({ kind, table, column }: UnitSubject): string {
  return JSON.stringify([kind, table, column]);
}

function foundColumns(hits: readonly UnitHit[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { table, column } of hits)
    if (column !== '') found.set(table, (found.get(table) ?? new Set()).add(column));
  return found;
}
