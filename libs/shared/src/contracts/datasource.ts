import { z } from 'zod';
import { asCallerSchema } from './caller.js';

export const dialects = ['sqlite', 'postgres', 'mysql'] as const;
export const dialectSchema = z.enum(dialects);
export type Dialect = z.infer<typeof dialectSchema>;

export const datasourceStatuses = ['indexing', 'ready', 'failed'] as const;
export type DatasourceStatus = (typeof datasourceStatuses)[number];

const tableName = z.string().min(1).max(256);

const columnNames = z
  .array(
    z
      .string()
      .max(512)
      .regex(/[^.]\.[^.]+$/, 'is table.column'),
  )
  .max(10_000);

/** What a statement on a datasource may cost and touch. Unset lists allow every table. */
export const accessPolicySchema = z.object({
  allowTables: z.array(tableName).max(10_000).optional(),
  denyTables: z.array(tableName).max(10_000).optional(),
  /** `table.column`, the table as `denyTables` names it. A table that is named here shows these columns alone. */
  allowColumns: columnNames.optional(),
  denyColumns: columnNames.optional(),
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
/** For policies that people write: a misspelt entry is refused, as it would protect nothing. */
export const strictPolicySchema = z.strictObject(accessPolicySchema.shape);
export type AccessPolicy = z.infer<typeof accessPolicySchema>;

/**
 * Columns that may not be read, by table, as the policy writes its name.
 * @param columnsOf all columns of a table
 */
export function hiddenColumns(
  { allowColumns = [], denyColumns = [] }: Pick<AccessPolicy, 'allowColumns' | 'denyColumns'>,
  columnsOf: (table: string) => readonly string[],
): Map<string, Set<string>> {
  const hidden = columnsByTable(denyColumns);
  for (const [table, shown] of columnsByTable(allowColumns)) {
    const others = columnsOf(table).filter((column) => !shown.has(column));
    hidden.set(table, new Set([...(hidden.get(table) ?? []), ...others]));
  }
  return hidden;
}

/** Of `table.column` the columns of each table. */
export function columnsByTable(names: readonly string[]): Map<string, Set<string>> {
  const byTable = new Map<string, Set<string>>();
  for (const name of names) {
    const dot = name.lastIndexOf('.');
    const table = name.slice(0, dot);
    byTable.set(table, (byTable.get(table) ?? new Set()).add(name.slice(dot + 1)));
  }
  return byTable;
}

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

/** Seconds between two refreshes that nobody asks for: a minute to 30 days; null for none. */
export const refreshSecondsSchema = z
  .int()
  .min(60)
  .max(30 * 24 * 3_600)
  .nullable();

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
