import type { SchemaSnapshot } from '#shared/contracts/snapshot';

export interface TableHit {
  table: string;
  /** Higher is better; comparable within one search only. */
  score: number;
}

/** Names one snapshot of one datasource. */
export interface IndexKey {
  datasourceId: string;
  fingerprint: string;
}

/** The schema-index port: finds the tables of a datasource that a question is about. */
export abstract class SchemaIndex {
  abstract has(key: IndexKey): Promise<boolean>;
  /** Indexes the snapshot whole or not at all, and drops the datasource's older ones. */
  abstract build(datasourceId: string, snapshot: SchemaSnapshot): Promise<void>;
  /** The best tables, best first; empty when no word matches. */
  abstract search(key: IndexKey, question: string, limit: number): Promise<TableHit[]>;
  abstract drop(datasourceId: string): Promise<void>;
}
