import type { Dialect } from '../contracts/datasource.js';
import type { SqlToken } from './sql-tokens.js';

/** How a dialect tells names apart: two names are one where their keys are equal. */
export class NameRules {
  constructor(readonly dialect: Dialect) {}

  /** Of a name in a statement. PostgreSQL folds what is not quoted; SQLite and MySQL compare columns without case. */
  ofToken({ kind, text, value }: SqlToken): string {
    if (this.dialect !== 'postgres') return (kind === 'quoted' ? value : text).toLowerCase();
    return kind === 'quoted' ? value : text.toLowerCase();
  }

  /** Of a name in a snapshot. */
  ofName(name: string): string {
    return this.dialect === 'postgres' ? name : name.toLowerCase();
  }

  /** Double quotes can hold a string, where no column has the name. */
  mayBeString({ kind, text }: SqlToken): boolean {
    return this.dialect !== 'postgres' && kind === 'quoted' && text.startsWith('"');
  }
}
