import type { ComparedCell } from '#shared/results/cell-identities';
import type { PreviewCell, ResultPreview } from './comparison.js';
import type { QueryResult } from './read-only-database.js';

const shownRows = 20;
const shownColumns = 30;
const shownCharacters = 120;

export function previewOf(result: QueryResult): ResultPreview {
  return {
    columns: result.columns.slice(0, shownColumns),
    rows: result.rows.slice(0, shownRows).map((row) => row.slice(0, shownColumns).map(previewCell)),
    rowCount: result.rows.length,
    complete: result.complete,
  };
}

function previewCell(cell: ComparedCell): PreviewCell {
  if (typeof cell === 'bigint') return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
  if (typeof cell === 'boolean') return String(cell);
  if (cell instanceof Uint8Array) return shortened(`x'${Buffer.from(cell).toString('hex')}'`);
  return typeof cell === 'string' ? shortened(cell) : cell;
}

function shortened(text: string): string {
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
}
