import type { TableSnapshot } from '../contracts/snapshot.js';
import type { ColumnSnapshot } from '../contracts/snapshot.js';

const simpleName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const longestValue = 40;
const valuesShown = 5;

/** A name as it must stand in SQL of every dialect we write: quoted unless it is a plain word. */
export function quoteName(name: string): string {
  return simpleName.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/**
 * The text of one table, as it is indexed and put in the prompt:
 *
 *     table orders -- what customers bought (12000 rows)
 *       id INTEGER primary key
 *       customer_id INTEGER references customers(id)
 *       status TEXT -- how far it is; also called: state; values: 'open', 'paid'
 *       primary key (a, b)
 *
 * Names, descriptions, comments and values are untrusted text: each is folded onto its line, so none can start a line of its own.
 */
export function renderTableCard(table: TableSnapshot): string {
  const size = table.rowCount === undefined ? '' : `(${table.rowCount} rows)`;
  const about = [said(table).join('; '), size].filter(Boolean).join(' ');
  const lines = [`${table.kind} ${quoteQualified(table.name)}${about ? ` -- ${about}` : ''}`];
  for (const column of table.columns) lines.push(`  ${renderColumn(table, column)}`);
  if (table.primaryKey.length > 1)
    lines.push(`  primary key (${table.primaryKey.map(shownName).join(', ')})`);
  for (const key of table.foreignKeys.filter((key) => key.columns.length > 1)) {
    lines.push(
      `  foreign key (${key.columns.map(shownName).join(', ')}) references ${quoteQualified(key.referencedTable)}(${key.referencedColumns.map(shownName).join(', ')})`,
    );
  }
  return lines.join('\n');
}

function renderColumn(table: TableSnapshot, column: ColumnSnapshot): string {
  const parts = [shownName(column.name)];
  if (column.type) parts.push(fold(column.type));
  if (table.primaryKey.length === 1 && table.primaryKey[0] === column.name) parts.push('primary key');
  for (const key of table.foreignKeys) {
    if (key.columns.length === 1 && key.columns[0] === column.name)
      parts.push(
        `references ${quoteQualified(key.referencedTable)}(${shownName(key.referencedColumns[0] ?? '')})`,
      );
  }
  const values = column.sampleValues?.length
    ? `values: ${column.sampleValues.slice(0, valuesShown).map(quoteValue).join(', ')}`
    : '';
  const about = [...said(column), values].filter(Boolean).join('; ');
  if (about) parts.push(`-- ${about}`);
  return parts.join(' ');
}

/** What people say comes before what the database says. */
function said({ description, comment, synonyms = [] }: TableSnapshot | ColumnSnapshot): string[] {
  const texts = [description, comment].map((text) => fold(text ?? '')).filter(Boolean);
  const names = synonyms.length > 0 ? [`also called: ${synonyms.map(fold).join(', ')}`] : [];
  return [...new Set([...texts, ...names])];
}

function quoteQualified(name: string): string {
  return name.split('.').map(shownName).join('.');
}

function shownName(name: string): string {
  return quoteName(fold(name));
}

function quoteValue(value: string): string {
  const short = value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
  return `'${fold(short).replaceAll("'", "''")}'`;
}

function fold(text: string): string {
  return text
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/\p{Cc}/gu, '')
    .trim();
}
