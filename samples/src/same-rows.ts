import type { Cell } from '#shared/contracts/query';

/** Sums of prices differ in the last digits with the order in which the engine adds them. */
const relativeTolerance = 1e-9;

/** Whether two results hold the same rows; those of an unordered question in any order. */
export function sameRows(expected: readonly Cell[][], actual: readonly Cell[][], ordered: boolean): boolean {
  if (expected.length !== actual.length) return false;
  const left = ordered ? expected : expected.toSorted(compareRows);
  const right = ordered ? actual : actual.toSorted(compareRows);
  return left.every((row, index) => sameRow(row, right[index] ?? []));
}

function sameRow(expected: readonly Cell[], actual: readonly Cell[]): boolean {
  return (
    expected.length === actual.length &&
    expected.every((cell, index) => sameCell(cell, actual[index] ?? null))
  );
}

function sameCell(expected: Cell, actual: Cell): boolean {
  if (typeof expected !== 'number' || typeof actual !== 'number') return expected === actual;
  return Math.abs(expected - actual) <= relativeTolerance * Math.max(1, Math.abs(expected));
}

function compareRows(a: readonly Cell[], b: readonly Cell[]): number {
  const [left, right] = [sortKey(a), sortKey(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function sortKey(row: readonly Cell[]): string {
  return row.map((cell) => (typeof cell === 'number' ? cell.toPrecision(9) : JSON.stringify(cell))).join(' ');
}
