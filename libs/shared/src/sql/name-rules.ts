import type { Dialect } from '../contracts/datasource.js';
import { nameOf, type SqlToken } from './sql-tokens.js';

/** How a dialect tells names apart: two names are one where their keys are equal. */
export class NameRules {
  constructor(readonly dialect: Dialect) {}

  /** Of a name in a statement. PostgreSQL folds what is not quoted; SQLite and MySQL compare columns without case. */
  ofToken(token: SqlToken): string {
    const name = nameOf(token);
    return this.dialect === 'postgres' && token.kind === 'quoted' ? name : name.toLowerCase();
  }

  /** Of a table or an alias in a statement: MySQL tells their cases apart, but for some systems, where any will do. */
  ofTable(token: SqlToken): string {
    return this.dialect === 'mysql' ? nameOf(token) : this.ofToken(token);
  }

  /** Of a table in a snapshot. */
  ofTableName(name: string): string {
    return this.dialect === 'mysql' ? name : this.ofName(name);
  }

  /** Of a column in a snapshot. */
  ofName(name: string): string {
    return this.dialect === 'postgres' ? name : name.toLowerCase();
  }

  /** Double quotes can hold a string, where no column has the name. */
  mayBeString({ kind, text }: SqlToken): boolean {
    return this.dialect !== 'postgres' && kind === 'quoted' && text.startsWith('"');
  }
}
