/** Distinct values kept of a column, to match the question's words with; a table card shows the first few. */
export const valuesKept = 100;
/** Rows looked at for sample values. */
export const rowsSampled = 20_000;
/** Longer values are texts, not names to filter by. */
export const longestValue = 60;

/** Of all columns of a schema: a snapshot is kept in memory. */
const valuesKeptInAll = 500_000;
export const leastKept = 10;

/** Values kept of each of so many columns. */
export function valuesKeptOf(columns: number): number {
  return Math.max(leastKept, Math.min(valuesKept, Math.floor(valuesKeptInAll / Math.max(1, columns))));
}
