/** One question: run both statements on each database, compare the results. */
export interface Comparison {
  /** SQLite files, or URLs of PostgreSQL databases. */
  databases: string[];
  gold: string;
  predicted: string;
  ordered: boolean;
}

export type PreviewCell = string | number | null;

/** The start of a result, for people to read. */
export interface ResultPreview {
  columns: string[];
  rows: PreviewCell[][];
  /** Rows read; more were there if not `complete`. */
  rowCount: number;
  complete: boolean;
}

export const failureKinds = [
  'empty',
  'invalid',
  'failed',
  'timeout',
  'crashed',
  'gold',
  'unanswered',
] as const;
/**
 * `invalid` does not prepare, `failed` stopped while it ran, `crashed` took its process with it; `gold` says that
 * the gold statement did not run, so nothing could be compared; `unanswered`, that the service refused or did not
 * finish a statement that runs.
 */
export type FailureKind = (typeof failureKinds)[number];

export interface ComparisonFailure {
  kind: FailureKind;
  message: string;
}

export interface Verdict {
  correct: boolean;
  /** The prediction is a statement that the database can prepare. */
  valid: boolean;
  /** The prediction ran on every database that was tried. */
  executes: boolean;
  failure?: ComparisonFailure;
  /** Both results on the first database on which they differ. */
  results?: { gold: ResultPreview; predicted: ResultPreview };
  /** Milliseconds that SQLite worked. */
  goldMs: number;
  predictedMs: number;
}

/** Runs statements where it can be sure that they only read. Close it when done. */
export interface StatementComparer {
  compare(comparison: Comparison): Promise<Verdict>;
  close(): void | Promise<void>;
}

/** What a child tells: that a statement starts, so that its time is taken, and the verdict. */
export type ChildMessage =
  { kind: 'running'; statement: 'gold' | 'predicted' } | { kind: 'verdict'; verdict: Verdict };
