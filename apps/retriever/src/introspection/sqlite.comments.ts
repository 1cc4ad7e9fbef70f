export interface SqliteComments {
  table?: string;
  /** By column name in lower case. */
  columns: Map<string, string>;
}

/**
 * SQLite has no comments on tables and columns, but keeps the text of CREATE TABLE: `--` after the opening
 * parenthesis is the table's, `--` behind a column's definition is the column's.
 */
export function readSqliteComments(createTable: string): SqliteComments {
  const comments: SqliteComments = { columns: new Map() };
  const [head = '', ...lines] = createTable.split('\n');
  const table = commentOf(head);
  if (table !== undefined) comments.table = table;
  for (const line of lines) {
    const text = commentOf(line);
    const name = /^\s*(?:"((?:[^"]|"")+)"|`([^`]+)`|\[([^\]]+)\]|(\w+))/.exec(line);
    const column = name && (name[1]?.replaceAll('""', '"') ?? name[2] ?? name[3] ?? name[4]);
    if (text !== undefined && column) comments.columns.set(column.toLowerCase(), text);
  }
  return comments;
}

/** The text behind the first `--` that stands in no string or quoted name. */
function commentOf(line: string): string | undefined {
  const found = /^(?:[^'"`-]|'[^']*'|"[^"]*"|`[^`]*`|-(?!-))*--\s*(.*)$/.exec(line);
  return found?.[1]?.trim() || undefined;
}
