/** Distinct values kept of a column, to match the question's words with; a table card shows the first few. */
export const valuesKept = 100;
/** Rows looked at for sample values. */
export const rowsSampled = 20_000;
/** Longer values are texts, not names to filter by. */
export const longestValue = 60;
