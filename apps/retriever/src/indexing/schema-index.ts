import type { IndexUnit, UnitHit, UnitKind } from './unit.js';

/** Names one state of what is indexed of a datasource. */
export interface IndexKey {
  datasourceId: string;
  /** Examples change by themselves: they are indexed apart from the schema. */
  part: 'schema' | 'examples';
  /** Equal versions mean equal units and equal vectors. */
  version: string;
  /** Whose vectors they are: those of two models cannot be compared, whatever their dimensions. Null without vectors. */
  model: string | null;
}

export interface UnitSearch {
  /** Distinct stems; a unit is found by any of them. */
  stems: readonly string[];
  /** Of unit length; null searches by words alone. */
  vector: Float32Array | null;
}

/** Vectors of texts, in their order. */
export type Embed = (texts: readonly string[]) => Promise<Float32Array[]>;

/**
 * The lists of hits that are fused, and their lengths. Units of one kind compete with each other only. Chosen on Spider's
 * training questions over all of its databases (docs/retrieval.md).
 */
export const searchLists: readonly { kind: UnitKind; by: 'words' | 'vector'; limit: number }[] = [
  { kind: 'table', by: 'words', limit: 50 },
  { kind: 'table', by: 'vector', limit: 50 },
  { kind: 'column', by: 'words', limit: 40 },
  { kind: 'column', by: 'vector', limit: 40 },
  { kind: 'values', by: 'words', limit: 40 },
  { kind: 'term', by: 'words', limit: 10 },
  { kind: 'example', by: 'words', limit: 20 },
  { kind: 'example', by: 'vector', limit: 20 },
];

/** Kinds of units in each part of an index. */
export const kindsOf: Readonly<Record<IndexKey['part'], readonly UnitKind[]>> = {
  schema: ['table', 'column', 'values', 'term'],
  examples: ['example'],
};

/**
 * Damps the first ranks in reciprocal rank fusion: a hit of rank r, counted from 0, adds 1 / (k + r).
 * Cormack, Clarke and Büttcher, SIGIR 2009, have 60, for lists of thousands; Qdrant's default is 2.
 */
export const fusionK = 6;

/** The schema-index port: finds the units of a datasource that a question is about. */
export abstract class SchemaIndex {
  abstract has(key: IndexKey): Promise<boolean>;
  /**
   * Indexes the units whole or not at all; until then the version before serves. Only units that are new are embedded and
   * written.
   * @param embed null where no vectors are kept
   */
  abstract build(key: IndexKey, units: readonly IndexUnit[], embed: Embed | null): Promise<void>;
  /** The best units, best first; empty when nothing is like the question. */
  abstract search(key: IndexKey, search: UnitSearch): Promise<UnitHit[]>;
  abstract drop(datasourceId: string): Promise<void>;
  /** What is to be said of an index that answers; throws when it does not. */
  abstract check(): Promise<Record<string, unknown>>;
  abstract close(): Promise<void>;
}
