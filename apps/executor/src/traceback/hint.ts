import type { SchemaSnapshot, TableSnapshot } from '#shared/contracts/snapshot';
import { nearestNames } from '#shared/schema/nearest-names';
import { quoteName } from '#shared/schema/table-card';

const mostColumns = 40;
const mostTables = 30;

/** The snapshot's tables that the statement names. */
export function tablesIn(sql: string, snapshot: SchemaSnapshot): TableSnapshot[] {
  const words = new Set(sql.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? []);
  return snapshot.tables.filter((table) => {
    const name = table.name.toLowerCase();
    const simple = name.slice(name.lastIndexOf('.') + 1);
    return words.has(simple) || (/[^\p{L}\p{N}_$]/u.test(simple) && sql.toLowerCase().includes(simple));
  });
}

export function unknownTableHint(
  name: string,
  snapshot: SchemaSnapshot | null | undefined,
): string | undefined {
  if (!snapshot) return undefined;
  const names = snapshot.tables.map((table) => table.name);
  const near = nearestNames(lastPart(name), names);
  if (near.length > 0) return `Did you mean ${near.map(quoteName).join(' or ')}?`;
  return `The tables are: ${names.slice(0, mostTables).map(quoteName).join(', ')}${names.length > mostTables ? ', …' : ''}.`;
}

/** For a column, perhaps `alias.column`, that none of the statement's tables has. */
export function unknownColumnHint(
  name: string,
  sql: string,
  snapshot: SchemaSnapshot | null | undefined,
): string | undefined {
  if (!snapshot) return undefined;
  const column = lastPart(name);
  const involved = tablesIn(sql, snapshot);
  const near = nearestNames(
    column,
    involved.flatMap((table) => table.columns.map(({ name }) => name)),
  );
  const owners = (wanted: string): string[] =>
    involved.filter((table) => table.columns.some(({ name }) => name === wanted)).map((table) => table.name);
  const elsewhere = snapshot.tables.filter(
    (table) =>
      !involved.includes(table) &&
      table.columns.some(({ name }) => name.toLowerCase() === column.toLowerCase()),
  );
  const parts: string[] = [];
  if (near.length > 0)
    parts.push(
      `Did you mean ${near.map((found) => `${owners(found).map(quoteName).join('/')}.${quoteName(found)}`).join(' or ')}?`,
    );
  if (elsewhere.length > 0)
    parts.push(
      `${quoteName(column)} is a column of ${elsewhere
        .slice(0, 5)
        .map(({ name }) => quoteName(name))
        .join(', ')}.`,
    );
  for (const table of involved.slice(0, 6)) parts.push(columnsLine(table));
  return parts.length > 0 ? parts.join(' ') : undefined;
}

/** Where an ambiguous column lies. */
export function ambiguousColumnHint(
  name: string,
  sql: string,
  snapshot: SchemaSnapshot | null | undefined,
): string {
  const column = lastPart(name).toLowerCase();
  const owners = snapshot
    ? tablesIn(sql, snapshot).filter((table) =>
        table.columns.some((found) => found.name.toLowerCase() === column),
      )
    : [];
  const where = owners.length > 0 ? ` It is in ${owners.map(({ name }) => quoteName(name)).join(', ')}.` : '';
  return `Write the table or its alias before the column.${where}`;
}

function columnsLine(table: TableSnapshot): string {
  const names = table.columns.slice(0, mostColumns).map(({ name }) => quoteName(name));
  const more = table.columns.length > mostColumns ? ', …' : '';
  return `${quoteName(table.name)} has the columns ${names.join(', ')}${more}.`;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).replaceAll(/^["`[]|["`\]]$/g, '');
}
