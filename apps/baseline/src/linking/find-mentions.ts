import type { Token } from '../language/tokenise.js';
import type { CellValue } from '../prompt/parse-prompt.js';
import type { Schema, Table } from '../schema/model.js';
import { knownValues } from './known-values.js';
import type { Mention, ValueHit } from './mention.js';
import { matchColumn, matchTable } from './name-match.js';
import { isQuestionWord, isSortingWord } from './question-words.js';

const longestName = 6;
const longestValue = 12;
/** The least score at which a name counts as named. */
const weakest = 0.5;
/** From here on, a name is as good as exact. */
const strong = 0.85;

/** All spans of the question that could name something, the best of those that overlap. */
export function findMentions(tokens: Token[], schema: Schema, cells: CellValue[]): Mention[] {
  const finder = new Finder(tokens, schema, knownValues(schema, cells));
  const spans: { mention: Mention; weight: number }[] = [];
  for (let start = 0; start < tokens.length; start++) {
    for (let end = start + 1; end <= Math.min(tokens.length, start + longestValue); end++) {
      const mention = finder.mention(start, end);
      if (mention) spans.push({ mention, weight: weigh(mention, tokens) });
    }
  }
  spans.sort((a, b) => b.weight - a.weight || a.mention.start - b.mention.start);
  const taken = new Set<number>();
  const chosen: Mention[] = [];
  for (const { mention } of spans) {
    const covered = positions(mention);
    if (covered.some((at) => taken.has(at))) continue;
    covered.forEach((at) => taken.add(at));
    chosen.push(mention);
  }
  return chosen.sort((a, b) => a.start - b.start);
}

/** Longer spans win, and better matches among equally long ones. */
function weigh(mention: Mention, tokens: Token[]): number {
  const words = positions(mention).filter((at) => !isQuestionWord(tokens[at]?.lower ?? '')).length;
  const best = Math.max(bestName(mention), mention.values[0]?.score ?? 0);
  return Math.max(words, 0.5) * best + (mention.kind === 'Q' ? 5 : 0);
}

function positions({ start, end }: Mention): number[] {
  return Array.from({ length: end - start }, (_, at) => start + at);
}

function bestName({ tables, columns }: Mention): number {
  return Math.max(tables[0]?.score ?? 0, columns[0]?.score ?? 0);
}

class Finder {
  private readonly stems: Set<string>;

  constructor(
    private readonly tokens: Token[],
    private readonly schema: Schema,
    private readonly values: Map<string, ValueHit[]>,
  ) {
    this.stems = new Set(tokens.map((token) => token.stem));
  }

  mention(start: number, end: number): Mention | null {
    const span = this.tokens.slice(start, end);
    const [first] = span;
    if (!first) return null;
    const found: Mention = { kind: 'V', start, end, text: textOf(span), tables: [], columns: [], values: [] };
    if (span.length === 1 && first.kind === 'quoted') return this.quoted(found, first);
    if (span.length === 1 && first.number !== undefined) return this.number(found, first, first.number);
    if (span.some(({ kind }) => kind === 'quoted')) return null;
    found.values = usable(span, this.valuesOf(found.text));
    if (end - start <= longestName && span.every(({ kind }) => kind !== 'mark')) this.addNames(found, span);
    if (bestName(found) >= strong && !this.isWrittenAsName(found)) found.values = [];
    return found.values.length === 0 && bestName(found) < weakest ? null : found;
  }

  private valuesOf(text: string): ValueHit[] {
    return (this.values.get(text.toLowerCase()) ?? []).map((hit) => ({ ...hit }));
  }

  /** Quotes mostly hold a cell, and now and then a column's name. */
  private quoted(found: Mention, token: Token): Mention {
    const values = this.valuesOf(token.lower);
    const plain = (name: string) => name.toLowerCase().replaceAll('_', ' ');
    const named = this.schema.tables
      .flatMap(({ columns }) => columns)
      .filter(({ name }) => plain(name) === plain(token.text));
    if (values.length > 0 || named.length === 0) return { ...found, kind: 'Q', values };
    return { ...found, columns: named.map((column) => ({ column, score: 1 })) };
  }

  private number(found: Mention, token: Token, number: number): Mention {
    return { ...found, kind: 'N', number, values: token.kind === 'number' ? this.valuesOf(token.lower) : [] };
  }

  /** Capitals within a sentence: `the city Orange`. */
  private isWrittenAsName({ start, end }: Mention): boolean {
    return this.tokens.slice(Math.max(1, start), end).some(({ text }) => /^\p{Lu}/u.test(text));
  }

  private addNames(found: Mention, span: Token[]): void {
    const words = span.filter(({ lower }) => lower !== 'of' && lower !== 'the').map((token) => token.stem);
    const joining = /^(?:of|the|and|for|in)$/;
    const [first = '', last = ''] = [span[0]?.lower, span.at(-1)?.lower];
    if (joining.test(first) || joining.test(last)) return;
    if (span.length === 1 && (isQuestionWord(first) || isSortingWord(this.tokens, found.start))) return;
    const { tables } = this.schema;
    const byScore = (a: { score: number }, b: { score: number }) => b.score - a.score;
    found.tables = tables
      .map((table) => ({ table, score: matchTable(words, table) }))
      .filter(({ score }) => score >= weakest)
      .sort(byScore);
    const ofTable = this.isOfTable(span);
    found.columns = tables
      .filter((table) => !ofTable && (!this.countsRows(words) || this.isNamed(table)))
      .flatMap(({ columns }) => columns.map((column) => ({ column, score: matchColumn(words, column) })))
      .filter(({ score }) => score >= weakest)
      .sort(byScore);
  }

  /** `number of orders` asks to count a table's rows, unless a table that the question names has such a column. */
  private countsRows([first, ...rest]: string[]): boolean {
    return (
      first === 'number' &&
      rest.length > 0 &&
      this.schema.tables.some((table) => matchTable(rest, table) > strong)
    );
  }

  /** `names of schools` is a column and its table, not the column `school name`. */
  private isOfTable(span: Token[]): boolean {
    const at = span.findIndex(({ lower }) => lower === 'of');
    if (at < 1 || span[0]?.lower === 'number') return false;
    const rest = span
      .slice(at + 1)
      .filter(({ lower }) => lower !== 'the')
      .map((token) => token.stem);
    return this.schema.tables.some((table) => matchTable(rest, table) > strong);
  }

  private isNamed(table: Table): boolean {
    return table.words.every((word) => this.stems.has(word));
  }
}

/** A cell that is a common word, or one letter, counts only where the question writes it as a name. */
function usable(span: Token[], hits: ValueHit[]): ValueHit[] {
  const [token] = span;
  if (!token || span.length > 1) return hits;
  if (isQuestionWord(token.lower)) return [];
  if (/\p{Lu}|\d/u.test(token.text)) return hits;
  // A code like `END` is not meant by the word `end`.
  return token.text.length === 1
    ? []
    : hits.filter(({ value }) => value.length > 5 || !/^\p{Lu}+$/u.test(value));
}

/** The question's own text between the tokens, spaces and all. */
function textOf(span: Token[]): string {
  return span.reduce((text, token, at) => {
    const gap = at > 0 && (span[at - 1]?.end ?? 0) < token.start ? ' ' : '';
    return text + gap + token.text;
  }, '');
}
