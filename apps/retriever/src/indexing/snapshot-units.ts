import type { ColumnSnapshot, SchemaSnapshot, TableSnapshot, Term } from '#shared/contracts/snapshot';
import { terms } from './terms.js';
import type { IndexUnit } from './unit.js';
import { stems } from './words.js';

/** A comment of pages would drown the names. */
const longestRemark = 400;

/** The units of a snapshot: its tables, columns, cell values and terms. */
export function unitsOf({ tables, terms: business = [] }: SchemaSnapshot): IndexUnit[] {
  const neighbours = neighbourNames(tables);
  return [
    ...tables.flatMap((table) => [
      tableUnit(table, neighbours.get(table.name) ?? []),
      ...table.columns.map((column) => columnUnit(table, column)),
      ...table.columns.flatMap((column) => valuesUnit(table, column)),
    ]),
    ...business.map(termUnit),
  ];
}

function tableUnit(table: TableSnapshot, neighbours: readonly string[]): IndexUnit {
  const { schema, name } = splitName(table.name);
  const remark = remarkOf(table);
  const columns = table.columns.map((column) => column.name);
  return {
    kind: 'table',
    table: table.name,
    column: '',
    reference: '',
    text: `${spaced(name)}${remark && ` (${remark})`}: ${columns.map(spaced).join(', ')}`,
    words: {
      name: stemsOf([name, ...(table.synonyms ?? [])]),
      body: stemsOf([...columns, remark, ...table.columns.map(remarkOf)]),
      around: stemsOf([schema, ...neighbours]),
    },
  };
}

function columnUnit(table: TableSnapshot, column: ColumnSnapshot): IndexUnit {
  const { name } = splitName(table.name);
  const remark = remarkOf(column);
  return {
    kind: 'column',
    table: table.name,
    column: column.name,
    reference: '',
    text: `${spaced(name)} ${spaced(column.name)}${remark && `: ${remark}`}`,
    words: {
      name: stemsOf([column.name, ...(column.synonyms ?? [])]),
      body: stemsOf([name, remark]),
      around: [],
    },
  };
}

/** Cells are found by their words alone: their vectors would be many and say little. */
function valuesUnit(table: TableSnapshot, column: ColumnSnapshot): IndexUnit[] {
  if (!column.sampleValues?.length) return [];
  const words = { name: [], body: [...new Set(stemsOf(column.sampleValues))], around: [] };
  return [{ kind: 'values', table: table.name, column: column.name, reference: '', text: '', words }];
}

function termUnit({ term, definition }: Term): IndexUnit {
  return {
    kind: 'term',
    table: '',
    column: '',
    reference: term,
    // A term counts where the question names it: one that only means alike would be a guess.
    text: '',
    words: { name: stems(term), body: stems(definition), around: [] },
  };
}

/** Schema and name of a qualified table; an empty schema where there is none. */
export function splitName(qualified: string): { schema: string; name: string } {
  const dot = qualified.lastIndexOf('.');
  return { schema: qualified.slice(0, Math.max(dot, 0)), name: qualified.slice(dot + 1) };
}

/** Table names by those that foreign keys connect them with. */
function neighbourNames(tables: readonly TableSnapshot[]): Map<string, string[]> {
  const names = new Map<string, Set<string>>();
  const add = (from: string, to: string) =>
    names.set(from, (names.get(from) ?? new Set()).add(splitName(to).name));
  for (const table of tables)
    for (const { referencedTable } of table.foreignKeys)
      if (referencedTable !== table.name) {
        add(table.name, referencedTable);
        add(referencedTable, table.name);
      }
  return new Map([...names].map(([name, others]) => [name, [...others]]));
}

function remarkOf({
  description,
  comment,
  synonyms,
}: Pick<TableSnapshot, 'description' | 'comment' | 'synonyms'>): string {
  return [description, comment, ...(synonyms ?? [])]
    .filter((text) => text !== undefined)
    .join(', ')
    .slice(0, longestRemark);
}

function stemsOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => stems(text));
}

function spaced(name: string): string {
  return terms(name).join(' ');
}
