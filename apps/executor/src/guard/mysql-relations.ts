import type { AccessPolicy } from '#shared/contracts/datasource';

/** What the guard must know of the server. Names in lower case: whether case counts depends on the server's file system. */
export interface MysqlServerFacts {
  database: string;
  otherDatabases: ReadonlySet<string>;
  /** Tables and views of the database. */
  relations: ReadonlySet<string>;
  /** Of each table and view. */
  columns: ReadonlyMap<string, readonly string[]>;
  /** Views → names that their definition holds; null where the role may not see it. */
  views: ReadonlyMap<string, ReadonlySet<string> | null>;
}

/** Whether the policy lets a relation be read, by what it really reads. */
export class MysqlRelations {
  private readonly allowed: ReadonlySet<string> | null;
  private readonly denied: ReadonlySet<string>;

  constructor(
    { allowTables, denyTables }: Pick<AccessPolicy, 'allowTables' | 'denyTables'>,
    private readonly facts: MysqlServerFacts,
  ) {
    this.allowed = allowTables ? new Set(allowTables.map((name) => this.inDatabase(name))) : null;
    this.denied = new Set((denyTables ?? []).map((name) => this.inDatabase(name)));
  }

  mayRead(schema: string | null, name: string): boolean {
    if (schema !== null && schema.toLowerCase() !== this.facts.database) return false;
    const relation = name.toLowerCase();
    if (this.allowed && !this.allowed.has(relation)) return false;
    return !this.reachesDenied(relation);
  }

  /** A relation of the database that may not be read. */
  isHidden(name: string): boolean {
    return this.facts.relations.has(name) && !this.mayRead(null, name);
  }

  /** A view whose definition is hidden may read anything: it passes only where no table is denied, or where it is named as allowed. */
  private reachesDenied(name: string, seen = new Set<string>()): boolean {
    if (this.denied.has(name)) return true;
    const reads = this.facts.views.get(name);
    if (reads === undefined || this.denied.size === 0 || seen.has(name)) return false;
    if (reads === null) return !this.allowed?.has(name);
    seen.add(name);
    return [...reads].some((read) => this.reachesDenied(read, seen));
  }

  private inDatabase(name: string): string {
    const lower = name.toLowerCase();
    return lower.startsWith(`${this.facts.database}.`) ? lower.slice(this.facts.database.length + 1) : lower;
  }
}
