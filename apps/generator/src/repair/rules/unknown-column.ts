import type { ColumnReference, QueryBlock, Source } from '#shared/sql/query-block';
import type { NameFault } from '#shared/sql/resolve-names';
import { addedJoins, writtenSource } from '../added-joins.js';
import { equalOwner } from '../equal-columns.js';
import { joinPath } from '../join-path.js';
import { type Mend, only, type View } from '../mend.js';
import { tablesOf } from '../tables-of.js';
import { nearSpelling, sameSpelling } from '../spelling.js';
import { writtenName } from '../written-name.js';
import { mendCondition } from './join-condition.js';
import { mendMembership } from './membership.js';
import { mendTextInNameQuotes } from './text-in-name-quotes.js';
import { mendSource } from './wrong-table.js';

type Fault = Extract<NameFault, { kind: 'unknown_column' }>;

/** A column that its table does not have. What changes the least is tried first. */
export function mendColumn({ reference, source, ...fault }: Fault, view: View): Mend | null {
  // A subquery may name a source of those around it.
  const block = source ? blockOf(source, fault.block) : fault.block;
  const own = source ? [source] : block.sources;
  return (
    respelled(reference, own, block, view, sameSpelling) ??
    mendTextInNameQuotes(reference, block, view) ??
    mendMembership(reference, block, view) ??
    (source && mendSource(source, block, view)) ??
    (source && mendCondition(reference, block, view)) ??
    (source && requalified(reference, block, view)) ??
    joined(reference, source, block, view) ??
    respelled(reference, own, block, view, nearSpelling) ??
    (source && respelled(reference, block.sources, block, view, sameSpelling)) ??
    (source && respelled(reference, block.sources, block, view, nearSpelling))
  );
}

/** The one column of the sources that the name may have meant. */
function respelled(
  reference: ColumnReference,
  sources: readonly Source[],
  block: QueryBlock,
  view: View,
  spelling: (name: string, candidates: string[]) => string[],
): Mend | null {
  const written = view.schema.rules.ofToken(reference.name);
  const columns = sources.flatMap((source) =>
    [...(view.resolver.columnsOf(source, block)?.values() ?? [])].map((column) => ({ source, column })),
  );
  const names = spelling(
    written,
    columns.map(({ column }) => column),
  );
  const found = only(columns.filter(({ column }) => names.includes(column)));
  if (!found) return null;
  const { dialect } = view.schema.rules;
  const name = writtenName(found.column, dialect);
  const isOther = reference.qualifier && sources.length > 1;
  const start = isOther ? (reference.qualifier?.start ?? 0) : reference.name.start;
  const text = isOther ? `${writtenSource(found.source)}.${name}` : name;
  return { kind: 'spelling', edits: [{ start, end: reference.name.end, text }] };
}

/** The one other table of the block that has the column, or any of those where it is equal. */
export function requalified(reference: ColumnReference, block: QueryBlock, view: View): Mend | null {
  const { qualifier, name } = reference;
  const key = view.schema.rules.ofToken(name);
  const owners = block.sources.filter((source) => view.resolver.has(source, block, key) === true);
  const owner = only(owners) ?? equalOwner(owners, key, block, view);
  if (!owner || !qualifier) return null;
  const edit = { start: qualifier.start, end: qualifier.end, text: writtenSource(owner) };
  return { kind: 'qualifier', edits: [edit] };
}

/** The nearest table along foreign keys that has the column, if no other is as near. */
export function joined(
  reference: ColumnReference,
  source: Source | null,
  block: QueryBlock,
  view: View,
): Mend | null {
  const key = view.schema.rules.ofToken(reference.name);
  const tables = tablesOf(block, view);
  const own = source && view.resolver.tableOf(source, block);
  const owners = [...view.schema.tables.values()].filter(
    (table) => table.columns.has(key) && !tables.includes(table),
  );
  for (const from of own && tables.length > 1 ? [[own], tables] : [tables]) {
    const paths = owners.flatMap((owner) => {
      const path = joinPath(view.schema, from, owner);
      return path ? [path] : [];
    });
    const nearest = Math.min(...paths.map(({ length }) => length));
    const path = only(paths.filter(({ length }) => length === nearest));
    if (path && !path.some(({ to }) => tables.includes(to))) return joinMend(reference, path, block, view);
  }
  return null;
}

export function joinMend(
  reference: ColumnReference,
  path: NonNullable<ReturnType<typeof joinPath>>,
  block: QueryBlock,
  view: View,
): Mend | null {
  const added = addedJoins(path, block, view);
  if (!added) return null;
  const { qualifier, name } = reference;
  const at = block.fromEnd;
  const start = qualifier?.start ?? name.start;
  const others = qualifyOthers(reference, block, view, added.name);
  return {
    kind: 'join',
    edits: [
      { start: at, end: at, text: added.text },
      { start, end: qualifier ? qualifier.end : start, text: qualifier ? added.name : `${added.name}.` },
      ...added.qualified,
      ...others,
    ],
  };
}

/** The same name elsewhere in the block means the same. */
function qualifyOthers(reference: ColumnReference, block: QueryBlock, view: View, name: string) {
  const { rules } = view.schema;
  const isSame = (other: ColumnReference) =>
    other !== reference &&
    rules.ofToken(other.name) === rules.ofToken(reference.name) &&
    (other.qualifier === null) === (reference.qualifier === null) &&
    (!other.qualifier ||
      (reference.qualifier !== null &&
        rules.ofTable(other.qualifier) === rules.ofTable(reference.qualifier)));
  return block.references.filter(isSame).map(({ qualifier, name: { start } }) => ({
    start: qualifier?.start ?? start,
    end: qualifier ? qualifier.end : start,
    text: qualifier ? name : `${name}.`,
  }));
}

function blockOf(source: Source, block: QueryBlock): QueryBlock {
  for (let scope: QueryBlock | null = block; scope; scope = scope.parent)
    if (scope.sources.includes(source)) return scope;
  return block;
}
