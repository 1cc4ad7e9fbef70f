import type { SqlToken } from './sql-tokens.js';

export type Clause = 'select' | 'on' | 'where' | 'group' | 'having' | 'order';

/** A name in an expression that can only be a column's. */
export interface ColumnReference {
  qualifier: SqlToken | null;
  name: SqlToken;
  clause: Clause;
  /** The source in whose ON it stands. */
  source: Source | null;
}

/** What stands in FROM: a table, a common table expression or a subquery. */
export interface Source {
  /** Null for a subquery and for a function. */
  table: SqlToken | null;
  alias: SqlToken | null;
  /** Where the table or subquery stands, its alias included. */
  start: number;
  end: number;
  /** What joins it, from its first word or comma to the end of its condition. Equal to `start` and `end` for the first. */
  joinStart: number;
  joinEnd: number;
  /** Where its ON expression stands. */
  on: { start: number; end: number } | null;
  /** `INNER` for a comma. */
  join: 'first' | 'inner' | 'outer' | 'natural';
  using: SqlToken[];
  /** Of a subquery or a common table expression; null where they cannot be told. Undefined for tables. */
  columns?: string[] | null;
}

export interface SelectItem {
  start: number;
  end: number;
  alias: SqlToken | null;
  /** Its only column, where it is one; its star and what stands before it. */
  column: ColumnReference | null;
  star: { qualifier: SqlToken | null } | null;
}

export interface Span {
  start: number;
  end: number;
}

/** One SELECT with what belongs to it. Offsets are into the SQL; a span is what follows the clause's words. */
export interface QueryBlock {
  parent: QueryBlock | null;
  start: number;
  end: number;
  distinct: boolean;
  items: SelectItem[];
  sources: Source[];
  /** Behind the last source and its condition: where another join would stand. */
  fromEnd: number;
  references: ColumnReference[];
  where: Span | null;
  group: Span | null;
  having: Span | null;
  order: Span | null;
  limit: Span | null;
  /** Names of functions that are called in it, in upper case, with the clause. */
  calls: { name: string; clause: Clause; start: number }[];
  literals: { text: string; clause: Clause }[];
  /** Common table expressions that it sees, by lower-case name. */
  expressions: ReadonlyMap<string, string[] | null>;
  /** What sets it apart from the block before it, where it is a part of a set operation. */
  setOperator: string | null;
}

/** A statement's blocks, those before that come first in it. */
export interface ReadStatement {
  tokens: SqlToken[];
  blocks: QueryBlock[];
  /** The blocks whose rows the statement returns: one, or the parts of a set operation. */
  outer: QueryBlock[];
}

/** A text that this reader makes nothing of. */
export class UnreadableStatement extends Error {
  constructor(readonly at: number) {
    super(`The statement cannot be read at ${at}.`);
  }
}
