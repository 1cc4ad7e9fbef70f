import type { ForeignKey, TableSnapshot } from '#shared/contracts/snapshot';

/** Tables of more columns are pruned where the schema does not fit whole. */
export const wide = 32;
/** Columns that a pruned table keeps, keys and matches first. */
const kept = 24;

/**
 * The table with its keys, the columns that the question found and the first others; the card says how many are left out.
 * @param referenced keys of other tables that point at this one
 */
export function pruneColumns(
  table: TableSnapshot,
  found: ReadonlySet<string>,
  referenced: readonly ForeignKey[],
): TableSnapshot {
  if (table.columns.length <= wide) return table;
  const keys = new Set([
    ...table.primaryKey,
    ...table.foreignKeys.flatMap((key) => key.columns),
    ...referenced.flatMap((key) => key.referencedColumns),
  ]);
  const rank = (name: string) => (keys.has(name) ? 0 : found.has(name) ? 1 : 2);
  const order = table.columns.map((column, at) => ({ column, at, rank: rank(column.name) }));
  const essential = order.filter((entry) => entry.rank < 2).length;
  const shown = order.toSorted((a, b) => a.rank - b.rank || a.at - b.at).slice(0, Math.max(kept, essential));
  return { ...table, columns: shown.sort((a, b) => a.at - b.at).map(({ column }) => column) };
}
