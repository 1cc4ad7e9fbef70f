import type { ColumnReference, QueryBlock, Source } from '#shared/sql/query-block';
import type { NameFault } from '#shared/sql/resolve-names';
import type { NamedTable } from '#shared/sql/schema-names';
import { writtenSource } from '../added-joins.js';
import { type Edit, type Mend, only, type View } from '../mend.js';
import { nearSpelling, sameSpelling } from '../spelling.js';
import { writtenShortName, writtenTable } from '../written-name.js';

type Fault = Extract<NameFault, { kind: 'unknown_table' }>;

/** A table that the schema does not have. */
export function mendTable({ source, block }: Fault, view: View): Mend | null {
  const { table } = source;
  if (!table) return null;
  const { rules } = view.schema;
  const tables = [...view.schema.tables.values()];
  const shortOf = ({ table: { name } }: NamedTable) =>
    (rules.dialect === 'postgres' && name.split('.').at(-1)) || name;
  const names = tables.map(shortOf);
  const written = rules.ofTable(table);
  const meant = (found: readonly string[]) => only(tables.filter((each) => found.includes(shortOf(each))));
  const same = meant(sameSpelling(written, names));
  if (same) return renamed(source, same, view);
  const near = meant(nearSpelling(written, names));
  if (near && usedOf(source, view).every(({ name }) => near.columns.has(rules.ofToken(name))))
    return renamed(source, near, view);
  return dropped(source, block, view);
}

function renamed(source: Source, { table }: NamedTable, view: View): Mend {
  const { dialect } = view.schema.rules;
  const edits: Edit[] = source.table
    ? [{ ...placeOf(source.table), text: writtenTable(table.name, dialect) }]
    : [];
  // Without an alias, columns go by the table's name.
  if (!source.alias)
    for (const { qualifier } of usedOf(source, view))
      if (qualifier) edits.push({ ...placeOf(qualifier), text: writtenShortName(table.name, dialect) });
  return { kind: 'table', edits };
}

/** The table does not exist, and the others have every column that it was joined for. */
function dropped(source: Source, block: QueryBlock, view: View): Mend | null {
  if (source.join === 'first') return null;
  const used = usedOf(source, view).filter((reference) => reference.source !== source);
  const edits: Edit[] = [{ start: source.joinStart, end: source.joinEnd, text: '' }];
  for (const { qualifier, name, clause } of used) {
    const key = view.schema.rules.ofToken(name);
    const owner = only(block.sources.filter((other) => view.resolver.has(other, block, key) === true));
    if (!owner || !qualifier || clause === 'on') return null;
    edits.push({ ...placeOf(qualifier), text: writtenSource(owner) });
  }
  return used.length > 0 ? { kind: 'unneeded_join', edits } : null;
}

/** Columns that are named by the source. */
function usedOf(source: Source, view: View): ColumnReference[] {
  const key = view.resolver.nameOf(source);
  const { rules } = view.schema;
  const block = view.statement.blocks.find(({ sources }) => sources.includes(source));
  return (block?.references ?? []).filter(({ qualifier }) => qualifier && rules.ofTable(qualifier) === key);
}

function placeOf({ start, end }: { start: number; end: number }) {
  return { start, end };
}
