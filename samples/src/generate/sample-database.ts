export type Row = Readonly<Record<string, string | number | null>>;

/** One bundled database: what creates its tables and what fills them. */
export interface SampleDatabase {
  /**
   * CREATE statements. SQLite keeps their text, comments included, so that introspection can read a table's
   * `-- comment` on its first line and a column's behind the column.
   */
  schema: string;
  /** Rows a table, referenced tables first; every row of a table has the same keys, its columns. */
  tables: () => Record<string, readonly Row[]>;
}
