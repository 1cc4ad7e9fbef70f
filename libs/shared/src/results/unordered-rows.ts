import type { ComparedCell, ComparedRow } from './cell-identities.js';

/**
 * The official evaluator's first look at two results: each row's cells sorted, then the rows compared.
 * It sorts by the cells' text and type, so a row that holds 1 may sort otherwise than one that holds 1.0
 * although the two cells are equal; the results then count as different. Without such pairs the look
 * decides nothing that the comparison itself would not.
 */
export function sameUnorderedRows(
  first: readonly ComparedRow[],
  second: readonly ComparedRow[],
  identityOf: (cell: ComparedCell) => number,
  ordered: boolean,
): boolean {
  const unordered = (row: ComparedRow) => row.toSorted(byTextAndType).map(identityOf).join();
  const firstRows = first.map(unordered);
  const secondRows = second.map(unordered);
  if (ordered) return firstRows.every((row, index) => row === secondRows[index]);
  const firstSet = new Set(firstRows);
  const secondSet = new Set(secondRows);
  return firstSet.size === secondSet.size && firstRows.every((row) => secondSet.has(row));
}

function byTextAndType(first: ComparedCell, second: ComparedCell): number {
  const firstKey = sortKey(first);
  const secondKey = sortKey(second);
  return firstKey < secondKey ? -1 : firstKey > secondKey ? 1 : 0;
}

function sortKey(cell: ComparedCell): string {
  if (cell === null) return "None<class 'NoneType'>";
  switch (typeof cell) {
    case 'string':
      return `${cell}<class 'str'>`;
    case 'bigint':
      return `${cell}<class 'int'>`;
    case 'number':
      return `${floatText(cell)}<class 'float'>`;
    case 'boolean':
      return `${cell ? 'True' : 'False'}<class 'bool'>`;
    default:
      return `b'${Buffer.from(cell).toString('latin1')}'<class 'bytes'>`;
  }
}

/** The shortest digits that give the number back, as everywhere, with an exponent from 1e16 and below 1e-4. */
function floatText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e16 || size < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
