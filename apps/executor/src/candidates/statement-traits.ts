import { UnreadableStatement } from '#shared/sql/query-block';
import { readStatement } from '#shared/sql/read-statement';
import { nameOf } from '#shared/sql/sql-tokens';

/** What can be compared of two statements, and of a statement and its question. */
export interface StatementTraits {
  /** Names in lower case. */
  columns: ReadonlySet<string>;
  takesExtreme: boolean;
}

/** Longer statements are not read. */
const longest = 16 * 1024;

/** Null where the statement cannot be read. */
export function traitsOf(sql: string): StatementTraits | null {
  if (sql.length > longest) return null;
  try {
    const { blocks } = readStatement(sql);
    const names = blocks.flatMap(({ references }) =>
      // What stands in double quotes alone may be a string.
      references
        .filter(({ name, qualifier }) => qualifier || !name.text.startsWith('"'))
        .map(({ name }) => name),
    );
    return {
      columns: new Set(names.map((name) => nameOf(name).toLowerCase())),
      takesExtreme: blocks.some(
        ({ order, limit, calls }) =>
          (order && limit) || calls.some(({ name }) => name === 'MAX' || name === 'MIN'),
      ),
    };
  } catch (error) {
    if (error instanceof UnreadableStatement) return null;
    throw error;
  }
}

const extreme =
  /\b(?:most|least|fewest|max(?:imum)?|min(?:imum)?|top|first|last|(?!west\b|test\b|rest\b|guest\b|interest\b|request\b|contest\b|forest\b)\w{2,}est)\b/i;

/** As far as the words of an English question tell. */
export function asksForExtreme(question: string): boolean {
  return extreme.test(question);
}
