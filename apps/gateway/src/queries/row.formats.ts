import type { Cell, ResultColumn } from '#shared/contracts/query';

export interface RowFormat {
  contentType: string;
  head(columns: readonly ResultColumn[]): string;
  row(cells: readonly Cell[]): string;
}

/** One array a row, in the order of the columns: their names may repeat, so that rows are no objects. */
export const jsonLines: RowFormat = {
  contentType: 'application/x-ndjson; charset=utf-8',
  head: (columns) => `${JSON.stringify(columns.map(({ name }) => name))}\n`,
  row: (cells) => `${JSON.stringify(cells)}\n`,
};

/** RFC 4180: CRLF, quotes doubled. NULL is an empty field, an empty string is `""`. */
export const csv: RowFormat = csvFormat((cell) => cell);

/**
 * The same for spreadsheets, which take text that starts with one of these characters for a formula and would run it:
 * a quote before it makes it text again. Numbers stay numbers.
 */
export const spreadsheetCsv: RowFormat = csvFormat((cell) =>
  typeof cell === 'string' && /^[=+\-@\t\r\n]/.test(cell) && !isNumber(cell) ? `'${cell}` : cell,
);

function isNumber(text: string): boolean {
  return /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
}

function csvFormat(shown: (cell: Cell) => Cell): RowFormat {
  const line = (cells: readonly Cell[]) => `${cells.map((cell) => field(shown(cell))).join(',')}\r\n`;
  return {
    contentType: 'text/csv; charset=utf-8; header=present',
    head: (columns) => line(columns.map(({ name }) => name)),
    row: line,
  };
}

function field(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
