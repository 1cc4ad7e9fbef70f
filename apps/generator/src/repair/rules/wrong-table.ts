import type { ColumnReference, QueryBlock, Source } from '#shared/sql/query-block';
import type { NamedTable } from '#shared/sql/schema-names';
import { writtenSource } from '../added-joins.js';
import { type Hop, hopBetween } from '../join-path.js';
import { type Edit, type Mend, only, type View } from '../mend.js';
import { writtenTable } from '../written-name.js';
import { tablesOf } from '../tables-of.js';

/** A joined table that lacks what it is there for: another was meant in its place, or none. */
export function mendSource(source: Source, block: QueryBlock, view: View): Mend | null {
  const own = view.resolver.tableOf(source, block);
  if (!own || block.sources.length < 2) return null;
  const { rules } = view.schema;
  const name = view.resolver.nameOf(source);
  const used = view.statement.blocks
    .filter((each) => each === block || isWithin(each, block))
    .flatMap(({ references }) => references)
    .filter(({ qualifier }) => qualifier && rules.ofTable(qualifier) === name);
  return withoutSource(source, own, used, block, view) ?? replaced(source, own, used, block, view);
}

/** It has none of the columns that it is asked for, and one other source has them all. */
function withoutSource(
  source: Source,
  own: NamedTable,
  used: readonly ColumnReference[],
  block: QueryBlock,
  view: View,
): Mend | null {
  const keyOf = ({ name }: ColumnReference) => view.schema.rules.ofToken(name);
  if (source.join !== 'inner' || !source.on || used.some((each) => own.columns.has(keyOf(each)))) return null;
  const owner = only(
    block.sources.filter(
      (other) => other !== source && used.every((each) => view.resolver.has(other, block, keyOf(each))),
    ),
  );
  const needed = used.filter((each) => each.source !== source);
  if (!owner || needed.length === 0) return null;
  const edits: Edit[] = [{ start: source.joinStart, end: source.joinEnd, text: '' }];
  for (const { qualifier } of needed)
    if (qualifier) edits.push({ start: qualifier.start, end: qualifier.end, text: writtenSource(owner) });
  return { kind: 'unneeded_join', edits };
}

/** The only other table that has every column it is asked for, and that belongs to the same neighbour by a key. */
function replaced(
  source: Source,
  own: NamedTable,
  used: readonly ColumnReference[],
  block: QueryBlock,
  view: View,
): Mend | null {
  if (!source.alias || !source.table || used.length < 2) return null;
  const { rules } = view.schema;
  const present = tablesOf(block, view);
  const others = present.filter((table) => table !== own);
  const meant = only(
    [...view.schema.tables.values()].filter(
      (table) =>
        !present.includes(table) &&
        used.every(({ name }) => table.columns.has(rules.ofToken(name))) &&
        others.some((other) => isJoinedByKey(hopBetween(view.schema, other, table), used, view)),
    ),
  );
  if (!meant) return null;
  const text = writtenTable(meant.table.name, rules.dialect);
  return { kind: 'table', edits: [{ start: source.table.start, end: source.table.end, text }] };
}

/** The condition that is there holds the key's column. */
function isJoinedByKey(hop: Hop | null, used: readonly ColumnReference[], view: View): boolean {
  const { rules } = view.schema;
  const pair = hop && only(hop.pairs);
  const inConditions = used.filter(({ clause }) => clause === 'on');
  return (
    pair !== null &&
    inConditions.length > 0 &&
    inConditions.every(({ name }) => rules.ofToken(name) === rules.ofName(pair[1]))
  );
}

function isWithin(block: QueryBlock, outer: QueryBlock): boolean {
  for (let scope = block.parent; scope; scope = scope.parent) if (scope === outer) return true;
  return false;
}
