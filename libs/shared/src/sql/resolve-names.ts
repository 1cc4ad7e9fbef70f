import type { Dialect } from '../contracts/datasource.js';
import type { ColumnReference, QueryBlock, ReadStatement, Source } from './query-block.js';
import type { NamedTable, SchemaNames } from './schema-names.js';
import type { SqlToken } from './sql-tokens.js';

/** A name that the schema does not have, or has twice. */
export type NameFault =
  | { kind: 'unknown_table'; block: QueryBlock; source: Source }
  | { kind: 'unknown_qualifier'; block: QueryBlock; reference: ColumnReference }
  | { kind: 'unknown_column'; block: QueryBlock; reference: ColumnReference; source: Source | null }
  | { kind: 'ambiguous'; block: QueryBlock; reference: ColumnReference; owners: Source[] };

/** Where a column's name leads: `open` to something whose columns nobody knows, `alias` to a select item. */
export type Resolved = { source: Source; block: QueryBlock } | 'open' | 'alias';

/** Columns that every table has. */
const rowNames: Record<Dialect, ReadonlySet<string>> = {
  sqlite: new Set(['rowid', 'oid', '_rowid_']),
  postgres: new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']),
  mysql: new Set(),
};

/** Follows the names of a statement to the schema. */
export class NameResolver {
  private readonly rules;

  constructor(private readonly schema: SchemaNames) {
    this.rules = schema.rules;
  }

  /**
   * In the order in which they have to be mended: tables, then the columns that join them, then the others; those of
   * subqueries first, or a table that is joined around one would give it a column that its own tables lack.
   */
  faults({ blocks }: ReadStatement): NameFault[] {
    const tables = blocks.flatMap((block) =>
      block.sources
        .filter((source) => this.columnsOf(source, block) === undefined)
        .map((source) => ({ kind: 'unknown_table', block, source }) as const),
    );
    const places = blocks
      .toReversed()
      .flatMap((block) => block.references.map((reference) => ({ reference, block })));
    const isOn = ({ reference }: (typeof places)[number]) => reference.clause === 'on';
    const columns = [...places.filter(isOn), ...places.filter((place) => !isOn(place))]
      .map(({ reference, block }) => this.resolve(reference, block))
      .filter((found) => isFault(found));
    return [...tables, ...columns];
  }

  resolve(reference: ColumnReference, block: QueryBlock): Resolved | NameFault {
    return reference.qualifier ? this.qualified(reference, block) : this.bare(reference, block);
  }

  /** Keys of its columns; null where nobody knows them, undefined where there is no such table. */
  columnsOf(source: Source, block: QueryBlock): ReadonlyMap<string, string> | null | undefined {
    if (source.columns !== undefined) return source.columns && this.keyed(source.columns);
    if (!source.table) return null;
    const expression = block.expressions.get(source.table.text.toLowerCase());
    if (expression !== undefined) return expression && this.keyed(expression);
    return this.tableOf(source, block)?.columns ?? (this.isDual(source.table) ? new Map() : undefined);
  }

  /** Undefined for subqueries, common table expressions and unknown tables. */
  tableOf(source: Source, block: QueryBlock): NamedTable | undefined {
    if (!source.table || block.expressions.has(source.table.text.toLowerCase())) return undefined;
    return this.schema.table(this.rules.ofTable(source.table));
  }

  /** What a source goes by; null for a nameless subquery. */
  nameOf({ alias, table }: Source): string | null {
    const token = alias ?? table;
    return token && this.rules.ofTable(token);
  }

  has(source: Source, block: QueryBlock, key: string): boolean | null {
    const columns = this.columnsOf(source, block);
    if (!columns) return null;
    return columns.has(key) || (source.table !== null && rowNames[this.rules.dialect].has(key));
  }

  /** MySQL's name for no table. */
  private isDual(table: SqlToken): boolean {
    return this.rules.dialect === 'mysql' && this.rules.ofToken(table) === 'dual';
  }

  private keyed(names: readonly string[]): Map<string, string> {
    return new Map(names.map((name) => [this.rules.ofName(name), name]));
  }

  private qualified(reference: ColumnReference, block: QueryBlock): Resolved | NameFault {
    const qualifier = reference.qualifier && this.rules.ofTable(reference.qualifier);
    for (let scope: QueryBlock | null = block; scope; scope = scope.parent) {
      const source = scope.sources.find((each) => this.nameOf(each) === qualifier);
      if (!source) continue;
      const has = this.has(source, scope, this.rules.ofToken(reference.name));
      if (has === null) return 'open';
      return has ? { source, block: scope } : { kind: 'unknown_column', block, reference, source };
    }
    return { kind: 'unknown_qualifier', block, reference };
  }

  private bare(reference: ColumnReference, block: QueryBlock): Resolved | NameFault {
    const key = this.rules.ofToken(reference.name);
    if (this.isAlias(key, reference, block)) return 'alias';
    for (let scope: QueryBlock | null = block; scope; scope = scope.parent) {
      const within: QueryBlock = scope;
      const owners = scope.sources.filter((source) => this.has(source, within, key) === true);
      const [first] = owners;
      if (first && (owners.length === 1 || this.isMerged(owners, key)))
        return { source: first, block: within };
      if (first) return { kind: 'ambiguous', block, reference, owners };
      if (scope.sources.some((source) => this.has(source, within, key) === null)) return 'open';
    }
    if (this.rules.mayBeString(reference.name) || this.isWholeRow(key, block)) return 'open';
    return { kind: 'unknown_column', block, reference, source: null };
  }

  /** SQLite sees them in every clause, the others where rows are grouped or ordered. */
  private isAlias(key: string, { clause }: ColumnReference, block: QueryBlock): boolean {
    if (clause === 'select' || clause === 'on') return false;
    if (clause === 'where' && this.rules.dialect !== 'sqlite') return false;
    return block.items.some(({ alias }) => alias && this.rules.ofToken(alias) === key);
  }

  /** PostgreSQL reads a source's name as its row. */
  private isWholeRow(key: string, block: QueryBlock): boolean {
    return this.rules.dialect === 'postgres' && block.sources.some((source) => this.nameOf(source) === key);
  }

  private isMerged(owners: readonly Source[], key: string): boolean {
    return owners
      .slice(1)
      .every(
        ({ join, using }) => join === 'natural' || using.some((token) => this.rules.ofToken(token) === key),
      );
  }
}

export function isFault(found: Resolved | NameFault): found is NameFault {
  return typeof found === 'object' && 'kind' in found;
}
