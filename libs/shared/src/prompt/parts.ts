import type { Candidate } from '../contracts/attempt.js';
import type { Context, Turn } from '../contracts/context.js';
import { quoteName } from '../schema/table-card.js';
import type { Material } from './material.js';
import { aboutDialect, type Parts } from './template.js';

/** Tables that are named again in the order of their ranks. */
const mostNamed = 8;
const longest = 4_000;

/** The text of each part; empty where there is nothing to say. */
export function partsOf(material: Material): Parts {
  return {
    ...aboutDialect(material.dialect),
    tables: inStableOrder(material.tables).join('\n\n'),
    joins: material.joins.map(oneLine).sort().join('\n'),
    terms: material.terms
      .map(({ term, definition }) => `${oneLine(term)}: ${oneLine(definition)}`)
      .join('\n'),
    relevant: mostRelevant(material.tables),
    values: material.values.map(valueLine).join('\n'),
    examples: material.examples.map(asked).join('\n'),
    // The newest turn stands next to the question.
    turns: material.turns.map(asked).reverse().join('\n'),
    tracebacks: material.tracebacks.map(traceback).reverse().join('\n'),
    question: oneLine(material.question),
  };
}

/** Cards by name: questions that need the same tables then share a prefix, whatever their ranks. */
function inStableOrder(tables: Material['tables']): string[] {
  return tables.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((table) => table.card);
}

/** What their order would have said. */
function mostRelevant(tables: Material['tables']): string {
  if (tables.length < 2) return '';
  return tables
    .slice(0, mostNamed)
    .map((table) => oneLine(table.name))
    .join('\n');
}

function valueLine({ table, column, value }: Context['values'][number]): string {
  return `${oneLine(table)}.${quoteName(oneLine(column))} = '${oneLine(value).replaceAll("'", "''")}'`;
}

function asked({ question, sql }: Turn): string {
  return `Question: ${oneLine(question)}\nSQL: ${sqlLine(sql)}`;
}

function traceback({ sql, error }: Candidate): string {
  const hint = error?.hint === undefined ? '' : `\nHint: ${bounded(oneLine(error.hint))}`;
  const said = bounded(oneLine(error?.message ?? ''));
  return `SQL: ${sqlLine(sql)}\nError (${error?.class ?? 'other'}): ${said}${hint}`;
}

/** On one line a comment would take the rest of the statement with it. */
function sqlLine(sql: string): string {
  const pieces = /('(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
  return bounded(oneLine(sql.replaceAll(pieces, (_, quoted?: string) => quoted ?? ' ')));
}

/** The latest traceback is never left out: one that is longer than a reply must not take the place of all tables. */
function bounded(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)} …` : text;
}

/** Untrusted text stays on its line, so that none of it looks like a heading. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim();
}
