import type { ForeignKey, SchemaSnapshot, TableSnapshot } from '../contracts/snapshot.js';
import { NameRules } from './name-rules.js';

export interface NamedTable {
  table: TableSnapshot;
  /** Its columns' names as they are written, by key. */
  columns: ReadonlyMap<string, string>;
}

/** A snapshot's tables and columns, found by name as its dialect compares them. */
export class SchemaNames {
  readonly rules: NameRules;
  readonly tables: ReadonlyMap<string, NamedTable>;

  constructor(snapshot: Pick<SchemaSnapshot, 'dialect' | 'tables'>) {
    this.rules = new NameRules(snapshot.dialect);
    this.tables = new Map(
      snapshot.tables.map((table) => [
        this.rules.ofTableName(table.name),
        { table, columns: new Map(table.columns.map(({ name }) => [this.rules.ofName(name), name])) },
      ]),
    );
  }

  table(key: string): NamedTable | undefined {
    return this.tables.get(key);
  }

  /** The foreign keys between two tables, whichever holds them. */
  keysBetween(one: NamedTable, other: NamedTable): { from: NamedTable; key: ForeignKey; to: NamedTable }[] {
    const held = (from: NamedTable, to: NamedTable) =>
      from.table.foreignKeys
        .filter(({ referencedTable }) => this.table(this.rules.ofTableName(referencedTable)) === to)
        .map((key) => ({ from, key, to }));
    const keys = one === other ? held(one, other) : [...held(one, other), ...held(other, one)];
    // Databases declare the same key more than once.
    return [
      ...new Map(
        keys.map((found) => [JSON.stringify([found.from === one, found.key.columns]), found]),
      ).values(),
    ];
  }
}
