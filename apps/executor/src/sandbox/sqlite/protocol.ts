/**
 * What a sandbox process and its parent say to each other: lines of UTF-8.
 * Parent to child: one `ChildConfiguration`, then one `StatementRequest` a statement, each as JSON.
 * Child to parent: a tag character, then JSON where it says so:
 *   `O` opened; `X` the database cannot be opened (StatementFailure), the child leaves;
 *   `C` the columns; `R` rows: their number, padded with spaces, then one array of them; `A` again: forget the rows so far;
 *   `E` the end (StatementEnd); `F` failed (StatementFailure);
 *   `S` stale: the file was replaced or changed, the child leaves without running the statement.
 */
export interface ChildConfiguration {
  file: string;
  /** Functions that a statement may call, in lower case. */
  functions: readonly string[];
  /** Names in lower case; null allows every table that is not denied. */
  allowTables: string[] | null;
  denyTables: string[];
  /** By table, in lower case. A table that is named in the first shows these columns alone. */
  allowColumns: [table: string, columns: string[]][];
  denyColumns: [table: string, columns: string[]][];
  /** Longest string, blob or row inside the engine, in bytes. */
  maxLength: number;
}

export interface StatementRequest {
  sql: string;
  maxRows: number;
  /** Of the rows' JSON. */
  maxBytes: number;
  /** Steps through the rows, which needs the least memory and takes twice the time. */
  rowByRow?: boolean;
  /** Ends after the preparation, without a row. */
  prepareOnly?: boolean;
}

export interface StatementEnd {
  truncated: 'rows' | 'bytes' | null;
}

/** What the authorizer refused. */
export interface Denial {
  what: 'table' | 'column' | 'function' | 'action';
  name: string;
}

/** What the program itself refused, apart from the engine. */
export type Refusal = 'empty' | 'not_a_read' | 'several_statements' | 'row_too_large';

export interface StatementFailure {
  /** SQLite's extended result code; -1 where `message` is a Refusal. */
  code: number;
  message: string;
  denial: Denial | null;
  /** Whether the statement had passed preparation. */
  running: boolean;
}
