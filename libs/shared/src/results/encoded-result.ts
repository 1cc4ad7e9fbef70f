import type { Cell, ResultColumn, ResultSet } from '../contracts/query.js';
import type { Batch, BatchSpool } from './batch-spool.js';

/**
 * A result whose rows are kept as the JSON texts they came in. They are stored and sent on as they are, and parsed
 * only when somebody looks at the cells, all at once then.
 */
export class EncodedResult implements ResultSet {
  private parsed: Cell[][] | null = null;

  constructor(
    readonly columns: ResultColumn[],
    readonly batches: BatchSpool,
    readonly truncated: ResultSet['truncated'],
  ) {}

  get rowCount(): number {
    return this.batches.rowCount;
  }

  get rows(): Cell[][] {
    this.parsed ??= [...this.batches].flatMap(({ json }) => JSON.parse(json.toString()) as Cell[][]);
    return this.parsed;
  }
}

/** Gives back what a result holds outside of memory. */
export function releaseResult(result: ResultSet): void {
  if (result instanceof EncodedResult) result.batches.close();
}

export function rowCountOf(result: ResultSet): number {
  return result instanceof EncodedResult ? result.rowCount : result.rows.length;
}

/** Rows of an answer as they are stored together. */
export interface Page {
  firstRow: number;
  rowCount: number;
  /** One array of rows. */
  json: string;
}

/** Of the rows' JSON; a page ends with the batch that reaches it. The first page is what a query shows. */
const pageBytes = 1024 * 1024;
const rowsABatch = 500;

/** The pages of a result, at least one, each made when it is asked for. */
export function* pagesOf(result: ResultSet): Generator<Page, void> {
  let texts: string[] = [];
  let size = 0;
  let firstRow = 0;
  let rowCount = 0;
  const page = (): Page => ({ firstRow, rowCount, json: `[${texts.join(',')}]` });
  for (const { json, rows } of batchesOf(result)) {
    texts.push(json.toString('utf8', 1, json.length - 1));
    size += json.length;
    rowCount += rows;
    if (size < pageBytes) continue;
    yield page();
    firstRow += rowCount;
    texts = [];
    size = rowCount = 0;
  }
  if (rowCount > 0 || firstRow === 0) yield page();
}

function* batchesOf(result: ResultSet): Generator<Batch> {
  if (result instanceof EncodedResult) {
    yield* result.batches;
    return;
  }
  for (let start = 0; start < result.rows.length; start += rowsABatch) {
    const rows = result.rows.slice(start, start + rowsABatch);
    yield { json: Buffer.from(JSON.stringify(rows)), rows: rows.length };
  }
}
