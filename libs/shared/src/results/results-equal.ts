import { CellIdentities, type ComparedRow } from './cell-identities.js';
import { sameBagOfRows, sameRowsInOrder, type IdentityColumns } from './column-order.js';
import { sameUnorderedRows } from './unordered-rows.js';

/**
 * Whether two results mean the same, as the official Spider test-suite evaluator defines it: equal as bags of
 * rows (as sequences, where `ordered`), up to an order of the columns. Column names do not count, duplicates
 * do, and two results without rows are the same whatever their columns.
 *
 * Integers as bigint and floats as number follow the definition to the letter; integers as number do as well
 * wherever no column mixes the two.
 */
export function resultsEqual(
  first: readonly ComparedRow[],
  second: readonly ComparedRow[],
  options: { ordered: boolean },
): boolean {
  if (first.length !== second.length) return false;
  if (first.length === 0) return true;
  if (first[0]?.length !== second[0]?.length) return false;

  const identities = new CellIdentities();
  const left = identityColumns(first, identities);
  const right = identityColumns(second, identities);
  if (
    identities.mixesNumberTypes &&
    !sameUnorderedRows(first, second, (cell) => identities.of(cell), options.ordered)
  ) {
    return false;
  }
  return options.ordered ? sameRowsInOrder(left, right) : sameBagOfRows(left, right, identities.count);
}

function identityColumns(rows: readonly ComparedRow[], identities: CellIdentities): IdentityColumns {
  return (rows[0] ?? []).map((_, column) =>
    Int32Array.from(rows, (row) => identities.of(row[column] ?? null)),
  );
}
