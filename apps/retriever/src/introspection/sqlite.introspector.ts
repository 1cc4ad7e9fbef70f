import SqliteDatabase from 'better-sqlite3';
import type { ColumnSnapshot, ForeignKey, TableSnapshot } from '#shared/contracts/snapshot';
import { describeError, permanent } from '#shared/errors/app-error';
import { longestValue, rowsSampled, valuesKept } from './sampling.js';
import { readSqliteComments } from './sqlite.comments.js';

interface MasterRow {
  name: string;
  type: 'table' | 'view';
  sql: string | null;
}
interface ColumnRow {
  name: string;
  type: string;
  notnull: number;
  pk: number;
  hidden: number;
}
interface UniqueKeyRow {
  key: string;
  column: string | null;
}
interface ForeignKeyRow {
  id: number;
  table: string;
  from: string;
  to: string | null;
}

export function introspectSqlite(file: string, sampleValues: boolean): TableSnapshot[] {
  try {
    const db = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
    try {
      return new SqliteReader(db, sampleValues).tables();
    } finally {
      db.close();
    }
  } catch (error) {
    throw permanent('introspection_failed', `The SQLite file cannot be read: ${describeError(error)}`, {
      cause: error,
    });
  }
}

class SqliteReader {
  constructor(
    private readonly db: SqliteDatabase.Database,
    private readonly sampleValues: boolean,
  ) {}

  tables(): TableSnapshot[] {
    const master = this.db
      .prepare<[], MasterRow>(
        `select name, type, sql from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' order by name`,
      )
      .all();
    const readable = master.filter(({ name }) => ifReadable(() => this.columnRows(name)));
    const primaryKeys = new Map(readable.map((row) => [row.name.toLowerCase(), this.primaryKey(row.name)]));
    return readable.map((row) => this.table(row, primaryKeys));
  }

  private table(row: MasterRow, primaryKeys: Map<string, string[]>): TableSnapshot {
    const comments = readSqliteComments(row.sql ?? '');
    const columns = this.columnRows(row.name).map((column): ColumnSnapshot => {
      const comment = comments.columns.get(column.name.toLowerCase());
      // A view may take for ever, and a statement of this process cannot be ended.
      const values =
        this.sampleValues && row.type === 'table'
          ? ifReadable(() => this.values(row.name, column))
          : undefined;
      return {
        name: column.name,
        type: column.type,
        nullable: column.notnull === 0 && column.pk === 0,
        ...(comment !== undefined && { comment }),
        ...(values && values.length > 0 && { sampleValues: values }),
      };
    });
    const rowCount = row.type === 'table' ? ifReadable(() => this.rowCount(row.name)) : undefined;
    return {
      name: row.name,
      kind: row.type,
      columns,
      primaryKey: primaryKeys.get(row.name.toLowerCase()) ?? [],
      foreignKeys: this.foreignKeys(row.name, primaryKeys),
      ...(row.type === 'table' && { uniqueKeys: this.uniqueKeys(row.name) }),
      ...(comments.table !== undefined && { comment: comments.table }),
      ...(rowCount !== undefined && { rowCount }),
    };
  }

  /** Hidden columns (of virtual tables) are left out; generated ones are columns like others. */
  private columnRows(table: string): ColumnRow[] {
    return this.db
      .prepare<[string], ColumnRow>('select name, type, "notnull", pk, hidden from pragma_table_xinfo(?)')
      .all(table)
      .filter((column) => column.hidden !== 1);
  }

  private primaryKey(table: string): string[] {
    const keys = this.columnRows(table).filter((column) => column.pk > 0);
    return keys.sort((a, b) => a.pk - b.pk).map((column) => column.name);
  }

  private foreignKeys(table: string, primaryKeys: Map<string, string[]>): ForeignKey[] {
    const rows = this.db
      .prepare<[string], ForeignKeyRow>(
        'select id, "table", "from", "to" from pragma_foreign_key_list(?) order by id, seq',
      )
      .all(table);
    const byId = Map.groupBy(rows, (row) => row.id);
    return [...byId.values()].flatMap((parts) => {
      const referencedTable = parts[0]?.table ?? '';
      const target = primaryKeys.get(referencedTable.toLowerCase());
      // A key without target columns refers to the primary key.
      const referencedColumns = parts.map((part, index) => part.to ?? target?.[index] ?? '');
      if (!target || referencedColumns.includes('')) return [];
      return [{ columns: parts.map((part) => part.from), referencedTable, referencedColumns }];
    });
  }

  /** An index over an expression tells no columns apart; it has a part without a name. */
  private uniqueKeys(table: string): string[][] {
    const rows = this.db
      .prepare<[string], UniqueKeyRow>(
        `select l.name as key, i.name as "column" from pragma_index_list(?) l join pragma_index_info(l.name) i
         where l."unique" and not l.partial and l.origin <> 'pk' order by l.name, i.seqno`,
      )
      .all(table);
    return [...Map.groupBy(rows, (row) => row.key).values()].flatMap((parts) => {
      const columns = parts.flatMap(({ column }) => column ?? []);
      return columns.length === parts.length ? [columns] : [];
    });
  }

  /** Counted up to a bound: an estimate is enough and a scan of a large file is not. */
  private rowCount(table: string): number {
    return (
      this.db
        .prepare<[], number>(`select count(*) from (select 1 from ${quote(table)} limit 1000000)`)
        .pluck()
        .get() ?? 0
    );
  }

  private values(table: string, column: ColumnRow): string[] {
    if (!/char|text|clob|enum|^$/i.test(column.type)) return [];
    const name = quote(column.name);
    const rows = this.db
      .prepare<[], Buffer>(
        `select cast(v as blob) from (select ${name} as v from ${quote(table)} limit ${rowsSampled})
         where typeof(v) = 'text' and length(v) between 1 and ${longestValue} group by v order by count(*) desc, v limit ${valuesKept}`,
      )
      .pluck()
      .all();
    // Decoded here: a driver may refuse text that is not valid UTF-8.
    return rows.map((value) => value.toString('utf8'));
  }
}

/** Undefined for what SQLite does not know: tables that a view needs, the module of a virtual table, a function of a column. */
function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as { code?: unknown }).code === 'SQLITE_ERROR') return undefined;
    throw error;
  }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
