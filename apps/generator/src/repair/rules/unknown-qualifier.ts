import type { NameFault } from '#shared/sql/resolve-names';
import { writtenSource } from '../added-joins.js';
import { joinPath } from '../join-path.js';
import { type Mend, only, type View } from '../mend.js';
import { nearSpelling } from '../spelling.js';
import { tablesOf } from '../tables-of.js';
import { joined, joinMend, requalified } from './unknown-column.js';

type Fault = Extract<NameFault, { kind: 'unknown_qualifier' }>;

/** What stands before a column's name is no source of the block. */
export function mendQualifier({ reference, block }: Fault, view: View): Mend | null {
  const { qualifier } = reference;
  if (!qualifier) return null;
  const { rules } = view.schema;
  const key = rules.ofTable(qualifier);
  const column = rules.ofToken(reference.name);
  const replaced = (text: string): Mend => ({
    kind: 'qualifier',
    edits: [{ start: qualifier.start, end: qualifier.end, text }],
  });
  const hidden = block.sources.filter(({ table }) => table && rules.ofTable(table) === key);
  if (hidden.length > 0) {
    const source = only(hidden);
    return source && replaced(writtenSource(source));
  }
  const table = view.schema.table(key);
  if (table?.columns.has(column)) {
    const path = joinPath(view.schema, tablesOf(block, view), table);
    return path && joinMend(reference, path, block, view);
  }
  const owners = block.sources.filter((source) => view.resolver.has(source, block, column) === true);
  const near = nearSpelling(key, owners.map(writtenSource));
  const source = only(owners.filter((owner) => near.includes(writtenSource(owner))));
  if (source) return replaced(writtenSource(source));
  // An alias that nothing was given: of a table that was left out, where no other one has the column.
  return (
    requalified(reference, block, view) ?? (owners.length === 0 ? joined(reference, null, block, view) : null)
  );
}
