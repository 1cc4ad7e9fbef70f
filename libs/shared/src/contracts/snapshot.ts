import { z } from 'zod';
import { dialectSchema } from './datasource.js';

/** What people say of a table or a column, beside the comments of the database. */
const descriptionFields = {
  description: z.string().optional(),
  /** Other words for it. */
  synonyms: z.array(z.string()).optional(),
};

export const columnSchema = z.object({
  name: z.string(),
  /** The type as the engine declares it; empty where SQLite has none. */
  type: z.string(),
  nullable: z.boolean(),
  comment: z.string().optional(),
  /** Distinct cell values, most frequent first, as text. Absent where the policy withholds them. */
  sampleValues: z.array(z.string()).optional(),
  ...descriptionFields,
});
export type ColumnSnapshot = z.infer<typeof columnSchema>;

export const foreignKeySchema = z.object({
  columns: z.array(z.string()).min(1),
  referencedTable: z.string(),
  referencedColumns: z.array(z.string()).min(1),
  /** The database does not declare it: names, types and values suggest it. */
  inferred: z.literal(true).optional(),
});
export type ForeignKey = z.infer<typeof foreignKeySchema>;

export const tableSchema = z.object({
  /** As it is written in SQL, without quotes; PostgreSQL tables outside the search path carry their schema: `sales.orders`. */
  name: z.string(),
  kind: z.enum(['table', 'view']),
  columns: z.array(columnSchema),
  primaryKey: z.array(z.string()),
  foreignKeys: z.array(foreignKeySchema),
  /** Beside the primary key. Absent in snapshots of earlier versions. */
  uniqueKeys: z.array(z.array(z.string()).min(1)).optional(),
  comment: z.string().optional(),
  rowCount: z.number().optional(),
  ...descriptionFields,
});
export type TableSnapshot = z.infer<typeof tableSchema>;

/** A word of the business: `churn` → `share of customers who left in a month`. */
export const termSchema = z.object({ term: z.string(), definition: z.string() });
export type Term = z.infer<typeof termSchema>;

/** Tables of one datasource as introspected at one time, with what people say of them. */
export const schemaSnapshotSchema = z.object({
  dialect: dialectSchema,
  tables: z.array(tableSchema),
  terms: z.array(termSchema).optional(),
  /** SHA-256 over the tables and terms: equal fingerprints mean equal snapshots, row counts within a power of ten. */
  fingerprint: z.string(),
  takenAt: z.iso.datetime(),
});
export type SchemaSnapshot = z.infer<typeof schemaSnapshotSchema>;
