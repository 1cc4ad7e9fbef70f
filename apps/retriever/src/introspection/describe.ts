import type { Descriptions } from '#shared/contracts/descriptions';
import type { SchemaSnapshot, TableSnapshot } from '#shared/contracts/snapshot';

type Described = Pick<SchemaSnapshot, 'tables' | 'terms'>;
interface About {
  description?: string | undefined;
  synonyms?: string[] | undefined;
}

/** Lays what people say over the tables and columns that are there; names of others are passed over. */
export function describe(
  tables: readonly TableSnapshot[],
  descriptions: Descriptions | undefined,
): Described {
  const aboutTables = byLowerCase(descriptions?.tables);
  const terms = Object.entries(descriptions?.terms ?? {}).map(([term, definition]) => ({ term, definition }));
  return {
    tables: tables.map((table) => {
      const about = aboutTables.get(table.name.toLowerCase());
      if (!about) return table;
      const aboutColumns = byLowerCase(about.columns);
      const columns = table.columns.map((column) => {
        return { ...column, ...said(aboutColumns.get(column.name.toLowerCase())) };
      });
      return { ...table, ...said(about), columns };
    }),
    ...(terms.length > 0 && { terms }),
  };
}

function said({ description, synonyms = [] }: About = {}): Pick<TableSnapshot, 'description' | 'synonyms'> {
  return { ...(description !== undefined && { description }), ...(synonyms.length > 0 && { synonyms }) };
}

function byLowerCase<T>(entries: Readonly<Record<string, T>> = {}): Map<string, T> {
  return new Map(Object.entries(entries).map(([name, entry]) => [name.toLowerCase(), entry]));
}
