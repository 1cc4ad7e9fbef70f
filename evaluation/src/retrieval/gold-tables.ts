import { Dialect, init, parse } from '@polyglot-sql/sdk';

const dialects = [
  Dialect.SQLite,
  Dialect.MySQL,
  Dialect.PostgreSQL,
  Dialect.Oracle,
  Dialect.Snowflake,
  Dialect.TSQL,
  Dialect.BigQuery,
  Dialect.DuckDB,
];

/**
 * The tables that a statement reads, of those that there are.
 * @param known table names in lower case, without a schema, to what they are called
 * @returns null where no dialect's parser understands the statement
 */
export async function goldTables(
  sql: string,
  known: ReadonlyMap<string, string>,
): Promise<Set<string> | null> {
  await init();
  for (const dialect of dialects) {
    const result = parsed(sql, dialect);
    if (!result?.success) continue;
    const names = new Set<string>();
    collect(result.ast, names);
    return new Set([...names].flatMap((name) => known.get(name.toLowerCase()) ?? []));
  }
  return null;
}

/** A parser that fails on a statement does not understand it. */
function parsed(sql: string, dialect: Dialect): { success: boolean; ast?: unknown } | undefined {
  try {
    return parse(sql, dialect);
  } catch {
    return undefined;
  }
}

/** A relation is a node `table` whose name is an identifier of its own; a column's `table` is an identifier itself. */
function collect(node: unknown, names: Set<string>): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, names);
  } else if (typeof node === 'object' && node !== null) {
    for (const [key, value] of Object.entries(node)) {
      const name = key === 'table' ? relationName(value) : undefined;
      if (name !== undefined) names.add(name);
      collect(value, names);
    }
  }
}

function relationName(node: unknown): string | undefined {
  const identifier = (node as { name?: { name?: unknown } } | null)?.name;
  return typeof identifier === 'object' && typeof identifier.name === 'string' ? identifier.name : undefined;
}
