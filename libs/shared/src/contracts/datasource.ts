import { z } from 'zod';
import { asCallerSchema } from './caller.js';

export const dialects = ['sqlite', 'postgres', 'mysql'] as const;
export const dialectSchema = z.enum(dialects);
export type Dialect = z.infer<typeof dialectSchema>;

export const datasourceStatuses = ['indexing', 'ready', 'failed'] as const;
export type DatasourceStatus = (typeof datasourceStatuses)[number];

const tableName = z.string().min(1).max(256);

/** What a statement on a datasource may cost and touch. Unset lists allow every table. */
export const accessPolicySchema = z.object({
  allowTables: z.array(tableName).max(10_000).optional(),
  denyTables: z.array(tableName).max(10_000).optional(),
  /** `table.column`, the table as `denyTables` names it. Enforced on SQLite and PostgreSQL. */
  denyColumns: z
    .array(
      z
        .string()
        .max(512)
        .regex(/[^.]\.[^.]+$/, 'is table.column'),
    )
    .max(10_000)
    .optional(),
  /** Whether cell values may be kept in the schema snapshot and shown to the model. */
  sampleValues: z.boolean().default(true),
  maxRows: z.int().min(1).max(100_000).default(1_000),
  maxBytes: z
    .int()
    .min(1_024)
    .max(256 * 1024 * 1024)
    .default(8 * 1024 * 1024),
  timeoutMs: z.int().min(10).max(300_000).default(10_000),
  /** Highest cost that the engine may estimate for a statement, in its own unit; unset asks for no estimate. */
  maxCost: z.number().positive().optional(),
  /** PostgreSQL only. Every question needs a caller then, and no cell values are kept. */
  asCaller: asCallerSchema.optional(),
});
/** Table and column of an entry of `denyColumns`. */
export function splitColumn(name: string): [table: string, column: string] {
  const dot = name.lastIndexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)];
}

export type AccessPolicy = z.infer<typeof accessPolicySchema>;

/** How to reach the database. Holds credentials: sealed at rest, never logged, never returned. */
export const connectionSchema = z.discriminatedUnion('dialect', [
  z.object({ dialect: z.literal('sqlite'), file: z.string().min(1).max(4_096) }),
  z.object({ dialect: z.literal('postgres'), url: z.string().min(1).max(4_096) }),
  z.object({ dialect: z.literal('mysql'), url: z.string().min(1).max(4_096) }),
]);
export type Connection = z.infer<typeof connectionSchema>;

export const datasourceNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,62}$/,
    'a name is 1 to 63 characters of a-z, 0-9, _ and -, starting with a letter or digit',
  );

/** A registered database as the stages use it. */
export interface Datasource {
  id: string;
  name: string;
  connection: Connection;
  policy: AccessPolicy;
  status: DatasourceStatus;
  /** Fingerprint of the snapshot in use; null until the first one is taken. */
  fingerprint: string | null;
}
