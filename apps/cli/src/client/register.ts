import { resolve } from 'node:path';
import type { AccessPolicy, Connection } from '#shared/contracts/datasource';

interface PolicyOptions {
  maxRows?: number;
  maxBytes?: number;
  timeoutMs?: number;
  allowTables?: string[];
  denyTables?: string[];
  sampleValues: boolean;
}

/** A PostgreSQL or MySQL URL is one by its scheme; all else is the path of a SQLite file, from the current folder. */
export function connectionOf(target: string): Connection {
  if (/^postgres(ql)?:\/\//u.test(target)) return { dialect: 'postgres', url: target };
  if (/^mysql:\/\//u.test(target)) return { dialect: 'mysql', url: target };
  return { dialect: 'sqlite', file: resolve(target.replace(/^(sqlite|file):(\/\/(?=\/))?/u, '')) };
}

/** Only what was asked for: the rest are the gateway's defaults. */
export function policyOf(options: PolicyOptions): Partial<AccessPolicy> {
  const { maxRows, maxBytes, timeoutMs, allowTables, denyTables, sampleValues } = options;
  return {
    ...(maxRows !== undefined && { maxRows }),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(allowTables && { allowTables }),
    ...(denyTables && { denyTables }),
    ...(!sampleValues && { sampleValues }),
  };
}
