import type { Dialect } from '#shared/contracts/datasource';
import type { ColumnSnapshot, TableSnapshot } from '#shared/contracts/snapshot';
import type { Prompt } from '../prompt/parse-prompt.js';
import { wordsOfName } from './naming.js';

export type ColumnKind = 'number' | 'text' | 'date' | 'boolean';

export interface Column {
  table: Table;
  name: string;
  kind: ColumnKind;
  /** A number that is stored as text: it has to be cast before it can be compared or summed. */
  storedAsText: boolean;
  words: string[];
  /** Its table's primary key by itself, or a foreign key. */
  isKey: boolean;
  samples: string[];
}

export interface Table {
  name: string;
  words: string[];
  columns: Column[];
  primaryKey: Column[];
  rowCount: number | undefined;
}

/** A condition that joins two tables: a foreign key, or what the prompt or equal names suggest. */
export interface Link {
  from: Column;
  to: Column;
  cost: number;
}

export interface Schema {
  dialect: Dialect;
  tables: Table[];
  links: Link[];
}

export function buildSchema(prompt: Pick<Prompt, 'dialect' | 'tables' | 'joins'>): Schema {
  const tables = prompt.tables.map(buildTable);
  const links = [...declaredLinks(prompt.tables, tables), ...suggestedLinks(prompt.joins, tables)];
  for (const link of links) link.from.isKey = true;
  return { dialect: prompt.dialect, tables, links: [...links, ...inferredLinks(tables, links)] };
}

function buildTable(snapshot: TableSnapshot): Table {
  const table: Table = {
    name: snapshot.name,
    words: wordsOfName(snapshot.name.split('.').at(-1) ?? ''),
    columns: [],
    primaryKey: [],
    rowCount: snapshot.rowCount,
  };
  table.columns = snapshot.columns.map((column) => buildColumn(table, column));
  table.primaryKey = snapshot.primaryKey.flatMap((name) => findColumn([table], table.name, name) ?? []);
  const [key] = table.primaryKey;
  if (key && table.primaryKey.length === 1) key.isKey = true;
  return table;
}

function buildColumn(table: Table, { name, type, sampleValues = [] }: ColumnSnapshot): Column {
  return {
    table,
    name,
    kind: kindOf(type, sampleValues),
    storedAsText: isText(type) && kindOf(type, sampleValues) === 'number',
    words: wordsOfName(name),
    isKey: false,
    samples: sampleValues,
  };
}

function kindOf(type: string, samples: string[]): ColumnKind {
  if (/bool/i.test(type)) return 'boolean';
  if (/int|real|num|dec|float|double|money|serial/i.test(type)) return 'number';
  if (/date|time|year/i.test(type)) return 'date';
  return samples.length > 0 && samples.every((sample) => /^-?\d+(?:\.\d+)?$/.test(sample))
    ? 'number'
    : 'text';
}

function isText(type: string): boolean {
  return /char|text|clob/i.test(type);
}

export function findColumn(tables: Table[], table: string, column: string): Column | undefined {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return tables.find(({ name }) => same(name, table))?.columns.find(({ name }) => same(name, column));
}

function declaredLinks(snapshots: TableSnapshot[], tables: Table[]): Link[] {
  return snapshots.flatMap((snapshot) =>
    snapshot.foreignKeys.flatMap((key) => {
      const from = findColumn(tables, snapshot.name, key.columns[0] ?? '');
      const to = findColumn(tables, key.referencedTable, key.referencedColumns[0] ?? '');
      return from && to ? [{ from, to, cost: 1 }] : [];
    }),
  );
}

function suggestedLinks(joins: Prompt['joins'], tables: Table[]): Link[] {
  return joins.flatMap((join) => {
    const from = findColumn(tables, join.from.table, join.from.column);
    const to = findColumn(tables, join.to.table, join.to.column);
    return from && to ? [{ from, to, cost: 1 }] : [];
  });
}

/** Where no key is declared: a column named like another table's primary key, unless it is a bare `id` or `name`. */
function inferredLinks(tables: Table[], known: Link[]): Link[] {
  const linked = new Set(
    known.flatMap(({ from, to }) => [
      `${from.table.name} ${to.table.name}`,
      `${to.table.name} ${from.table.name}`,
    ]),
  );
  return tables.flatMap((table) => {
    const [key] = table.primaryKey;
    if (!key || table.primaryKey.length > 1 || /^(?:id|name)$/i.test(key.name)) return [];
    return tables.flatMap((other) => {
      if (other === table || linked.has(`${table.name} ${other.name}`)) return [];
      const from = other.columns.find(({ name }) => name.toLowerCase() === key.name.toLowerCase());
      return from ? [{ from, to: key, cost: 1.5 }] : [];
    });
  });
}
