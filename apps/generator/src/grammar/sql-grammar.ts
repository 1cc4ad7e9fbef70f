import type { Dialect } from '#shared/contracts/datasource';
import type { NamedTable } from './names.js';
import { Queries } from './queries.js';

/** Signs of a grammar. Beyond it compiling takes a server seconds a question; `docs/models.md` has the figures. */
const longestGrammar = 100_000;

/**
 * The grammar of statements of the dialect that only read, over these tables and no others: GBNF, its first rule `root`. Equal tables give
 * equal texts, whatever their order, so that a server compiles each once.
 * @returns null where the tables are none or so many that a grammar would cost more than it gains
 */
export function sqlGrammar(dialect: Dialect, tables: readonly NamedTable[]): string | null {
  if (tables.length === 0) return null;
  const queries = new Queries(
    dialect,
    tables.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  );
  queries.statement();
  const text = queries.rules.toString();
  return text.length <= longestGrammar ? text : null;
}
