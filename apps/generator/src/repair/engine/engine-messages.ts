import type { Dialect } from '#shared/contracts/datasource';

/** What the child is asked about one statement: whether the engine takes it, or how other dialects would read it. */
export interface EngineQuestion {
  wanted: 'verdict' | 'translations';
  sql: string;
  dialect: Dialect;
  /** Tells schemas apart. */
  fingerprint: string;
  /** Statements that make the empty tables; there where the child did not know the fingerprint, on SQLite alone. */
  tables?: string;
}

export type EngineAnswer =
  | { kind: 'verdict'; isValid: boolean }
  /** Its readings in the datasource's dialect that the engine takes. */
  | { kind: 'translations'; translations: string[] }
  /** The child must be told the schema. */
  | { kind: 'unknown_schema' };
