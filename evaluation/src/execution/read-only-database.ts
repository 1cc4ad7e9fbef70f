import { constants, DatabaseSync, type StatementSync } from 'node:sqlite';
import type { ComparedCell } from '#shared/results/cell-identities';

export interface QueryResult {
  columns: string[];
  rows: ComparedCell[][];
  /** False where reading stopped at the limit. */
  complete: boolean;
}

const allowedActions = new Set<number>([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
]);

/** A SQLite file that statements of unknown origin may read and do nothing else with. */
export class ReadOnlyDatabase {
  private readonly database: DatabaseSync;

  constructor(file: string) {
    this.database = new DatabaseSync(file, {
      readOnly: true,
      // Spider writes texts in double quotes.
      enableDoubleQuotedStringLiterals: true,
      readBigInts: true,
      returnArrays: true,
    });
    this.database.setAuthorizer((action) =>
      allowedActions.has(action) ? constants.SQLITE_OK : constants.SQLITE_DENY,
    );
  }

  prepare(sql: string): StatementSync {
    return this.database.prepare(sql);
  }

  close(): void {
    this.database.close();
  }
}

/** Reads at most `limit` rows. */
export function readRows(statement: StatementSync, limit: number): QueryResult {
  const columns = statement.columns().map((column) => column.name);
  const rows: ComparedCell[][] = [];
  for (const row of statement.iterate() as Iterable<unknown>) {
    if (rows.length === limit) return { columns, rows, complete: false };
    rows.push((row as ComparedCell[]).map(withoutInvalidText));
  }
  return { columns, rows, complete: true };
}

/** Bytes that are no UTF-8 are dropped, as the official evaluator does; the driver has marked them with U+FFFD. */
function withoutInvalidText(cell: ComparedCell): ComparedCell {
  return typeof cell === 'string' && cell.includes('\ufffd') ? cell.replaceAll('\ufffd', '') : cell;
}
