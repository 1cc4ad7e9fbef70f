import { constants, type DatabaseSync } from 'node:sqlite';
import type { ChildConfiguration, Denial } from './protocol.js';

/** Table-valued functions that read nothing but their arguments. */
const readableModules = new Set(['json_each', 'json_tree']);

/** What a granted view reads: tables, and the views on the way to them. */
interface ViewReach {
  view: string;
  tables: Set<string>;
  contexts: Set<string>;
}

/**
 * Decides every event of a statement's preparation. Keeps the first refusal, which SQLite words only vaguely.
 *
 * A table is read when the policy grants it. A view that an allow-list names grants what it reads too, as a
 * view with rights of its own; a denied table stays denied behind every view. SQLite tells the view on whose
 * behalf it reads, but by a name that a CTE can borrow, and not at all for tables of which no column is read.
 * So a hidden table is read on a view's behalf only by a statement that names the view and cannot name the table.
 */
export class Authorizer {
  denial: Denial | null = null;
  private readonly database: DatabaseSync;
  private sql = '';
  private running = false;
  /** While the authorizer itself reads the schema. */
  private inspecting = false;
  private readonly functions: Set<string>;
  private readonly allowed: Set<string> | null;
  private readonly denied: Set<string>;
  /** A CTE of one of these names cannot be told from the real thing. */
  private readonly realNames: Set<string>;
  private readonly reaches: ViewReach[];
  private readonly virtualTables: string[];
  /** The only columns that may be read, by table. */
  private readonly allowedColumns: ReadonlyMap<string, ReadonlySet<string>>;
  /** Columns that may not be read, by table. */
  private readonly deniedColumns: ReadonlyMap<string, ReadonlySet<string>>;
  /** Tables that the events of this statement let it read. */
  private readonly granted = new Set<string>();

  constructor(configuration: Omit<ChildConfiguration, 'file' | 'maxLength'>, database: DatabaseSync) {
    this.database = database;
    this.functions = new Set(configuration.functions);
    this.allowed = configuration.allowTables && new Set(configuration.allowTables);
    this.denied = new Set(configuration.denyTables);
    this.allowedColumns = setsOf(configuration.allowColumns);
    this.deniedColumns = setsOf(configuration.denyColumns);
    const objects = database.prepare('SELECT lower(name) AS name, type, rootpage FROM sqlite_schema').all();
    const modules = database.prepare('SELECT lower(name) AS name FROM pragma_module_list').all();
    this.realNames = new Set([...objects, ...modules].map((row) => String(row['name'])));
    this.virtualTables = objects.filter(isVirtual).map((row) => String(row['name']));
    for (const name of this.virtualTables) connect(database, name);
    this.reaches = objects
      .filter((row) => row['type'] === 'view' && this.allowed?.has(String(row['name'])))
      .map((row) => reachOf(database, String(row['name'])));
  }

  /** Takes charge of the connection; everything prepared from here on is decided. */
  install(): void {
    this.database.setAuthorizer(this.decide);
  }

  begin(sql: string): void {
    this.sql = sql;
    this.denial = null;
    this.running = false;
    this.granted.clear();
  }

  /**
   * The statement is prepared; what comes now are the virtual tables' own statements.
   * @throws when the program opens what no event told of: SQLite raises none for the columns that NATURAL JOIN and
   * USING compare, nor for a table of which only such columns are used
   */
  prepared(statement: string): void {
    const joinsByName = /\b(?:natural|using)\b/i.test(statement);
    const isBounded = this.allowed !== null || this.denied.size > 0;
    if (joinsByName || isBounded) this.checkProgram(statement, joinsByName);
    this.running = true;
  }

  private readonly decide = (
    action: number,
    first: string | null,
    second: string | null,
    database: string | null,
    context: string | null,
  ): number => {
    if (this.inspecting) return constants.SQLITE_OK;
    switch (action) {
      case constants.SQLITE_SELECT:
      case constants.SQLITE_RECURSIVE:
        return constants.SQLITE_OK;
      case constants.SQLITE_READ:
        return this.read(first ?? '', second ?? '', database, context);
      case constants.SQLITE_FUNCTION:
        return this.functions.has((second ?? '').toLowerCase())
          ? constants.SQLITE_OK
          : this.deny('function', second ?? '');
      case constants.SQLITE_PRAGMA:
        // FTS5 asks for it as it runs; called as a table-valued function it would be a READ.
        return this.running && first === 'data_version' && second === null
          ? constants.SQLITE_OK
          : this.deny('action', 'PRAGMA');
      default:
        return this.deny('action', actionName(action));
    }
  };

  private read(table: string, column: string, database: string | null, context: string | null): number {
    const name = table.toLowerCase();
    if (!this.mayRead(name, column, database, context)) return this.deny('table', table);
    if (this.hidesColumn(name, column.toLowerCase())) return this.deny('column', `${table}.${column}`);
    this.granted.add(name);
    return constants.SQLITE_OK;
  }

  /** Without a column a table is only counted. */
  private hidesColumn(table: string, column: string): boolean {
    if (this.deniedColumns.get(table)?.has(column)) return true;
    const shown = this.allowedColumns.get(table);
    return shown !== undefined && column !== '' && !shown.has(column);
  }

  private checkProgram(statement: string, joinsByName: boolean): void {
    const program = this.database.prepare(`EXPLAIN ${statement}`).all();
    const opened = program.filter(({ opcode, p3 }) => opcode === 'OpenRead' && p3 === 0);
    const tables = this.tablesByPage();
    for (const { p2 } of opened) this.checkOpened(tables.get(Number(p2)) ?? 'of the system', joinsByName);
    if (joinsByName && program.some(({ opcode }) => opcode === 'VOpen'))
      for (const name of this.virtualTables) this.checkOpened(name, joinsByName);
    if (this.denial) throw new Error('The program of the statement opens more than its events told.');
  }

  private checkOpened(table: string, joinsByName: boolean): void {
    const isRead = this.granted.has(table) || (this.isGranted(table) && !this.denied.has(table));
    if (!isRead || table.startsWith('sqlite_')) this.deny('table', table);
    else if (joinsByName && (this.deniedColumns.has(table) || this.allowedColumns.has(table)))
      this.deny('action', 'NATURAL JOIN or USING on columns of ' + table);
  }

  /** Read anew each time: another process may have moved tables to other pages. */
  private tablesByPage(): Map<number, string> {
    this.inspecting = true;
    try {
      const objects = this.database
        .prepare('SELECT rootpage, lower(tbl_name) AS name FROM sqlite_schema WHERE rootpage > 0')
        .all();
      return new Map([
        [1, 'sqlite_schema'],
        ...objects.map((row) => [Number(row['rootpage']), String(row['name'])] as const),
      ]);
    } finally {
      this.inspecting = false;
    }
  }

  private deny(what: Denial['what'], name: string): number {
    this.denial ??= { what, name };
    return constants.SQLITE_DENY;
  }

  private mayRead(table: string, column: string, database: string | null, context: string | null): boolean {
    if (this.denied.has(table) || table.startsWith('sqlite_') || table.startsWith('pragma_')) return false;
    if (database !== null && database !== 'main') return false;
    if (!this.realNames.has(table)) return readableModules.has(table) || (column === '' && database === null);
    if (readableModules.has(table) || this.isGranted(table)) return true;
    return this.reaches.some(
      (reach) =>
        reach.tables.has(table) &&
        (context === null ? column === '' : reach.contexts.has(context.toLowerCase())) &&
        mentions(this.sql, reach.view) &&
        !mentions(this.sql, table),
    );
  }

  private isGranted(table: string): boolean {
    if (this.allowed === null || this.allowed.has(table)) return true;
    // A virtual table reads its shadow tables by statements of its own.
    return (
      this.running &&
      this.virtualTables.some((owner) => this.allowed?.has(owner) && table.startsWith(`${owner}_`))
    );
  }
}

function setsOf(entries: readonly (readonly [string, readonly string[]])[]): Map<string, Set<string>> {
  return new Map(entries.map(([table, columns]) => [table, new Set(columns)]));
}

function isVirtual(row: Record<string, unknown>): boolean {
  return row['type'] === 'table' && row['rootpage'] === 0;
}

/** Makes a virtual table read its configuration now, so that no statement is charged with it. */
function connect(database: DatabaseSync, virtualTable: string): void {
  try {
    database.prepare(`SELECT 1 FROM "${virtualTable.replaceAll('"', '""')}"`);
  } catch {
    // A table whose module is missing cannot be read later either.
  }
}

function reachOf(database: DatabaseSync, view: string): ViewReach {
  const reach: ViewReach = { view, tables: new Set(), contexts: new Set() };
  database.setAuthorizer((action, table, _column, _database, context) => {
    if (action === constants.SQLITE_READ && table && context) {
      reach.tables.add(table.toLowerCase());
      reach.contexts.add(context.toLowerCase());
    }
    return constants.SQLITE_OK;
  });
  try {
    database.prepare(`SELECT * FROM "${view.replaceAll('"', '""')}"`);
  } catch {
    // A view that does not compile grants nothing.
  } finally {
    database.setAuthorizer(null);
  }
  return reach;
}

/** Whether the text could name the table. SQLite's name characters: letters, digits, _, $ and all beyond ASCII. */
function mentions(sql: string, name: string): boolean {
  if (!/^[\w$\u0080-\uffff]+$/.test(name)) return true;
  const pattern = `(?<![\\w$\\u0080-\\uffff])${name.replaceAll('$', '\\$')}(?![\\w$\\u0080-\\uffff])`;
  return new RegExp(pattern, 'i').test(sql);
}

function actionName(action: number): string {
  const found = Object.entries(constants).find(
    ([name, value]) => value === action && /^SQLITE_(?!OK|DENY|IGNORE|CHANGESET)/.test(name),
  );
  return found ? found[0].replace('SQLITE_', '').replaceAll('_', ' ') : 'this statement';
}
