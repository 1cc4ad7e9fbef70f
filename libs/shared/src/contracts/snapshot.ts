import { z } from 'zod';
import { dialectSchema } from './datasource.js';

export const columnSchema = z.object({
  name: z.string(),
  /** The type as the engine declares it; empty where SQLite has none. */
  type: z.string(),
  nullable: z.boolean(),
  comment: z.string().optional(),
  /** Distinct cell values, most frequent first, as text. Absent where the policy withholds them. */
  sampleValues: z.array(z.string()).optional(),
});
export type ColumnSnapshot = z.infer<typeof columnSchema>;

export const foreignKeySchema = z.object({
  columns: z.array(z.string()).min(1),
  referencedTable: z.string(),
  referencedColumns: z.array(z.string()).min(1),
});
export type ForeignKey = z.infer<typeof foreignKeySchema>;

export const tableSchema = z.object({
  /** As it is written in SQL, without quotes; PostgreSQL tables outside the search path carry their schema: `sales.orders`. */
  name: z.string(),
  kind: z.enum(['table', 'view']),
  columns: z.array(columnSchema),
  primaryKey: z.array(z.string()),
  foreignKeys: z.array(foreignKeySchema),
  comment: z.string().optional(),
  rowCount: z.number().optional(),
});
export type TableSnapshot = z.infer<typeof tableSchema>;

/** Tables of one datasource as introspected at one time. */
export const schemaSnapshotSchema = z.object({
  dialect: dialectSchema,
  tables: z.array(tableSchema),
  /** SHA-256 over the tables: equal fingerprints mean equal snapshots. */
  fingerprint: z.string(),
  takenAt: z.iso.datetime(),
});
export type SchemaSnapshot = z.infer<typeof schemaSnapshotSchema>;
