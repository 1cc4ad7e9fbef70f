import type { Cell, ResultColumn, ResultSet } from '../contracts/query.js';

/**
 * A result whose rows are kept as the JSON texts they came in, each an array of rows. They are stored and sent on
 * as they are, and parsed only when somebody looks at the cells.
 */
export class EncodedResult implements ResultSet {
  private parsed: Cell[][] | null = null;

  constructor(
    readonly columns: ResultColumn[],
    readonly batches: readonly Buffer[],
    readonly rowCount: number,
    readonly truncated: ResultSet['truncated'],
  ) {}

  get rows(): Cell[][] {
    this.parsed ??= this.batches.flatMap((batch) => JSON.parse(batch.toString()) as Cell[][]);
    return this.parsed;
  }
}

export function rowCountOf(result: ResultSet): number {
  return result instanceof EncodedResult ? result.rowCount : result.rows.length;
}

/** The rows as one JSON array. */
export function rowsJsonOf(result: ResultSet): string {
  if (!(result instanceof EncodedResult)) return JSON.stringify(result.rows);
  const texts = result.batches.map((batch) => batch.toString().slice(1, -1));
  return `[${texts.join(',')}]`;
}
