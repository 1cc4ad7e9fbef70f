import type { CellValue } from '../prompt/parse-prompt.js';
import { findColumn, type Schema } from '../schema/model.js';
import type { ValueHit } from './mention.js';

const foundScore = 1.2;
const sampleScore = 1.15;

/** The cells that the prompt tells of, by their text in lower case. */
export function knownValues(schema: Schema, cells: CellValue[]): Map<string, ValueHit[]> {
  const values = new Map<string, ValueHit[]>();
  const add = (hit: ValueHit) => {
    const key = hit.value.toLowerCase().trim();
    const hits = values.get(key) ?? [];
    if (!hits.some(({ column }) => column === hit.column)) values.set(key, [...hits, hit]);
  };
  for (const { table, column: name, value } of cells) {
    const column = findColumn(schema.tables, table, name);
    if (column) add({ column, value, score: foundScore });
  }
  for (const column of schema.tables.flatMap(({ columns }) => columns)) {
    // The card cuts long values short; what is left of them is no cell.
    for (const value of column.samples) if (!value.endsWith('…')) add({ column, value, score: sampleScore });
  }
  return values;
}
