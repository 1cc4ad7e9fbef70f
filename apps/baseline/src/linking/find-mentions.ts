import type { Token } from '../language/tokenise.js';
import type { CellValue } from '../prompt/parse-prompt.js';
import { findColumn, type Schema, type Table } from '../schema/model.js';
import { matchColumn, matchTable } from './name-match.js';
import type { Mention, ValueHit } from './mention.js';

const longestName = 6;
const longestValue = 12;
const weakest = 0.5;
/** Words that never name a table or column by themselves, whatever the schema calls its things. */
const wordsOfQuestions = new Set(
  (
    'a an the of in on at by for to from with and or not is are was were be been do does did have has had what which who whom whose ' +
    'where when how many much show list find give return tell me all any each every there that this those these it its their his her ' +
    'number most least more less than as per different distinct average total maximum minimum top also please id? count ' +
    'over under between before after above below no without never both only some other one s we you i they can could per same if'
  ).split(' '),
);

/** All spans that could name something, the best of those that overlap. */
export function findMentions(tokens: Token[], schema: Schema, cells: CellValue[]): Mention[] {
  const values = knownValues(schema, cells);
  const stems = new Set(tokens.map((token) => token.stem));
  const isNamed = (table: Table) => table.words.every((word) => stems.has(word));
  const spans: { mention: Mention; weight: number }[] = [];
  for (let start = 0; start < tokens.length; start++) {
    for (let end = start + 1; end <= Math.min(tokens.length, start + longestValue); end++) {
      const mention = mentionOf(tokens, start, end, schema, values, isNamed);
      if (mention) spans.push({ mention, weight: weigh(mention, tokens) });
    }
  }
  spans.sort((a, b) => b.weight - a.weight || a.mention.start - b.mention.start);
  const taken = new Set<number>();
  const chosen: Mention[] = [];
  for (const { mention } of spans) {
    const covered = range(mention.start, mention.end);
    if (covered.some((at) => taken.has(at))) continue;
    covered.forEach((at) => taken.add(at));
    chosen.push(mention);
  }
  return chosen.sort((a, b) => a.start - b.start);
}

function weigh(mention: Mention, tokens: Token[]): number {
  const words = range(mention.start, mention.end).filter(
    (at) => !wordsOfQuestions.has(tokens[at]?.lower ?? ''),
  ).length;
  const best = Math.max(
    mention.tables[0]?.score ?? 0,
    mention.columns[0]?.score ?? 0,
    mention.values[0]?.score ?? 0,
  );
  return Math.max(words, 0.5) * best + (mention.kind === 'Q' ? 5 : 0);
}

function mentionOf(
  tokens: Token[],
  start: number,
  end: number,
  schema: Schema,
  values: Map<string, ValueHit[]>,
  isNamed: (table: Table) => boolean,
): Mention | null {
  const span = tokens.slice(start, end);
  const [first] = span;
  if (!first) return null;
  const text = span.length === 1 ? first.text : textOf(span);
  const base = { start, end, text, tables: [], columns: [], values: [] };
  if (span.length === 1 && first.kind === 'quoted')
    return quotedMention({ ...base, kind: 'Q', values: values.get(first.lower) ?? [] }, first, schema);
  if (span.length === 1 && first.number !== undefined)
    return {
      ...base,
      kind: 'N',
      number: first.number,
      values: first.kind === 'number' ? (values.get(first.lower) ?? []) : [],
    };
  if (span.some(({ kind }) => kind === 'quoted')) return null;
  const found: Mention = { ...base, kind: 'V', values: usable(span, values.get(text.toLowerCase()) ?? []) };
  if (end - start <= longestName && span.every(({ kind }) => kind !== 'mark'))
    nameHits(found, span, schema, isNamed);
  const bestName = Math.max(found.tables[0]?.score ?? 0, found.columns[0]?.score ?? 0);
  if (bestName >= 0.85 && !span.some(({ text }, at) => /^\p{Lu}/u.test(text) && start + at > 0))
    found.values = [];
  if (found.values.length === 0 && bestName < weakest) return null;
  return found;
}

/** Quotes mostly hold a cell, and now and then a column's name. */
function quotedMention(found: Mention, token: Token, schema: Schema): Mention {
  if (found.values.length > 0) return found;
  const columns = schema.tables.flatMap((table) => table.columns);
  const named = columns.filter(
    ({ name }) => name.toLowerCase().replaceAll('_', ' ') === token.lower.replaceAll('_', ' '),
  );
  return named.length === 0
    ? found
    : { ...found, kind: 'V', columns: named.map((column) => ({ column, score: 1 })) };
}

function nameHits(found: Mention, span: Token[], schema: Schema, isNamed: (table: Table) => boolean): void {
  const words = span.filter(({ lower }) => lower !== 'of' && lower !== 'the').map((token) => token.stem);
  const [first, last] = [span[0]?.lower ?? '', span.at(-1)?.lower ?? ''];
  if (words.length === 0 || /^(?:of|the|and|for|in)$/.test(first) || /^(?:of|the|and|for|in)$/.test(last))
    return;
  if (span.length === 1 && wordsOfQuestions.has(first)) return;
  found.tables = schema.tables
    .map((table) => ({ table, score: matchTable(words, table) }))
    .filter(({ score }) => score >= weakest)
    .sort((a, b) => b.score - a.score);
  const counts =
    words.length > 1 &&
    words[0] === 'number' &&
    schema.tables.some((table) => matchTable(words.slice(1), table) > 0.85);
  found.columns = schema.tables
    .filter((table) => !counts || isNamed(table))
    .flatMap(({ columns }) => columns)
    .map((column) => ({ column, score: matchColumn(words, column) }))
    .filter(({ score }) => score >= weakest)
    .sort((a, b) => b.score - a.score);
}

/** A cell that is a common word, or one letter, counts only where the question writes it as a name. */
function usable(span: Token[], hits: ValueHit[]): ValueHit[] {
  const [token] = span;
  if (!token || span.length > 1) return hits;
  if (wordsOfQuestions.has(token.lower)) return [];
  if (token.text.length === 1 && !/\p{Lu}/u.test(token.text)) return [];
  // A code like `END` is not meant by the word `end`.
  return /\p{Lu}|\d/u.test(token.text)
    ? hits
    : hits.filter(({ value }) => value.length > 5 || !/^\p{Lu}+$/u.test(value));
}

function knownValues(schema: Schema, cells: CellValue[]): Map<string, ValueHit[]> {
  const values = new Map<string, ValueHit[]>();
  const add = (hit: ValueHit) => {
    const key = hit.value.toLowerCase().trim();
    const hits = values.get(key) ?? [];
    if (!hits.some(({ column }) => column === hit.column)) values.set(key, [...hits, hit]);
  };
  for (const cell of cells) {
    const column = findColumn(schema.tables, cell.table, cell.column);
    if (column) add({ column, value: cell.value, score: 1.2 });
  }
  for (const column of schema.tables.flatMap(({ columns }) => columns))
    for (const value of column.samples) if (!value.endsWith('…')) add({ column, value, score: 1.15 });
  return values;
}

/** The question's own text between the tokens, spaces and all. */
function textOf(span: Token[]): string {
  return span.reduce(
    (text, token, at) => text + (at > 0 && (span[at - 1]?.end ?? 0) < token.start ? ' ' : '') + token.text,
    '',
  );
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, at) => start + at);
}
