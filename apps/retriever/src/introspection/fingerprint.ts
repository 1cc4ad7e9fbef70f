import { createHash } from 'node:crypto';
import type { SchemaSnapshot, TableSnapshot } from '#shared/contracts/snapshot';

/**
 * SHA-256 of all that a snapshot says of a schema, but of row counts their order of magnitude alone: they change with every
 * write, and a new fingerprint makes a new version of the index and another text of every prompt.
 */
export function fingerprintOf({ tables, terms }: Pick<SchemaSnapshot, 'tables' | 'terms'>): string {
  const described = { tables: tables.map(inMagnitudes), terms };
  return createHash('sha256').update(JSON.stringify(described)).digest('hex');
}

function inMagnitudes(table: TableSnapshot): TableSnapshot {
  if (table.rowCount === undefined) return table;
  return { ...table, rowCount: String(Math.round(Math.max(0, table.rowCount))).replace(/^0$/, '').length };
}
