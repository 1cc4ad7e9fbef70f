import type { Column, Table } from '../schema/model.js';

export interface TableHit {
  table: Table;
  score: number;
}

export interface ColumnHit {
  column: Column;
  score: number;
}

export interface ValueHit {
  column: Column;
  value: string;
  score: number;
}

export type MentionKind = 'T' | 'C' | 'V' | 'N' | 'Q';

/** Tokens of the question that name a table (T), a column (C), a cell (V), a number (N) or are quoted and nothing known (Q). */
export interface Mention {
  kind: MentionKind;
  /** Tokens, from and up to. */
  start: number;
  end: number;
  text: string;
  number?: number;
  /** Each list is best first. */
  tables: TableHit[];
  columns: ColumnHit[];
  values: ValueHit[];
}
