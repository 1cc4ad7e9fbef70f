export type UnitKind = 'table' | 'column' | 'values' | 'term' | 'example';

/** Whom a unit speaks of. Within one index no two units have all four alike. */
export interface UnitSubject {
  kind: UnitKind;
  /** Empty for terms and examples. */
  table: string;
  /** Empty for what is no column's. */
  column: string;
  /** The term, or the id of the example; else empty. */
  reference: string;
}

/** What is indexed: a table, a column, the cell values of a column, a term of the business or a verified example. */
export interface IndexUnit extends UnitSubject {
  /** What its vector is made of; empty for a unit that only words find. */
  text: string;
  /** Stems that find it. */
  words: UnitWords;
}

export interface UnitWords {
  /** Of the name. */
  name: string[];
  /** Of what it consists of and what is said of it. */
  body: string[];
  /** Of what it is connected with. */
  around: string[];
}

/** What an occurrence in each part of a unit's words counts. */
export const wordWeights: Readonly<Record<keyof UnitWords, number>> = { name: 3, body: 1, around: 0.4 };

export interface UnitHit extends UnitSubject {
  /** Fused from the ranks by words and by meaning; higher is better, comparable within one search only. */
  score: number;
}
