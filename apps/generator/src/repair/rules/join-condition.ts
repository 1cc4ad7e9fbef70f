import type { ColumnReference, QueryBlock, Source } from '#shared/sql/query-block';
import { addedJoins, writtenSource } from '../added-joins.js';
import { type Hop, hopBetween, joinPath } from '../join-path.js';
import type { Mend, View } from '../mend.js';
import { writtenName } from '../written-name.js';
import { tablesOf } from '../tables-of.js';

const equation = /^[\w$."`[\]]+\s*=\s*[\w$."`[\]]+$/;

/** A condition `a.x = b.y` of which one side does not exist: the key between the tables, or the way along keys, is meant. */
export function mendCondition(reference: ColumnReference, block: QueryBlock, view: View): Mend | null {
  const joined = reference.source;
  if (!joined?.on || !equation.test(view.sql.slice(joined.on.start, joined.on.end))) return null;
  const sides = block.references.filter(({ source }) => source === joined);
  const [one, other] = sides.map(
    ({ qualifier }) => qualifier && sourceOf(view.schema.rules.ofTable(qualifier), block, view),
  );
  if (!one || !other || one === other) return null;
  const known = one === joined ? other : one;
  const tables = [known, joined].map((source) => view.resolver.tableOf(source, block));
  const [from, to] = tables;
  if (!from || !to || from === to) return null;
  const hop = hopBetween(view.schema, from, to);
  if (hop)
    return { kind: 'join_condition', edits: [{ ...joined.on, text: condition(hop, known, joined, view) }] };
  return aroundMend(known, joined, block, view);
}

/** No key links the two: the tables between them go before the one that is joined. */
function aroundMend(known: Source, joined: Source, block: QueryBlock, view: View): Mend | null {
  const from = view.resolver.tableOf(known, block);
  const to = view.resolver.tableOf(joined, block);
  const path = from && to && joinPath(view.schema, [from], to);
  const last = path?.at(-1);
  if (!path || !last || !joined.on || path.length < 2) return null;
  const before = path.slice(0, -1);
  const present = tablesOf(block, view);
  if (before.some((hop) => present.includes(hop.to))) return null;
  const added = addedJoins(before, block, view);
  if (!added) return null;
  const { dialect } = view.schema.rules;
  const on = last.pairs
    .map(
      ([a, b]) =>
        `${added.name}.${writtenName(a, dialect)} = ${writtenSource(joined)}.${writtenName(b, dialect)}`,
    )
    .join(' AND ');
  const joinText = view.sql.slice(joined.joinStart, joined.on.start);
  const edit = { start: joined.joinStart, end: joined.on.end, text: `${added.text.trim()} ${joinText}${on}` };
  return {
    kind: 'join',
    edits: [edit, ...added.qualified.filter(({ start }) => start < edit.start || start > edit.end)],
  };
}

function condition({ pairs }: Hop, from: Source, to: Source, view: View): string {
  const { dialect } = view.schema.rules;
  return pairs
    .map(
      ([a, b]) =>
        `${writtenSource(from)}.${writtenName(a, dialect)} = ${writtenSource(to)}.${writtenName(b, dialect)}`,
    )
    .join(' AND ');
}

function sourceOf(key: string, block: QueryBlock, view: View): Source | undefined {
  return block.sources.find((source) => view.resolver.nameOf(source) === key);
}
