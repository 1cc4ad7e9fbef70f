import type { AccessPolicy, Connection } from '#shared/contracts/datasource';
import type { Descriptions } from '#shared/contracts/descriptions';
import type { SchemaSnapshot, TableSnapshot } from '#shared/contracts/snapshot';
import { permanent } from '#shared/errors/app-error';
import { describe } from './describe.js';
import { fingerprintOf } from './fingerprint.js';
import { inferForeignKeys } from './inferred-keys.js';
import { introspectMysql } from './mysql.introspector.js';
import { introspectPostgres } from './postgres.introspector.js';
import { introspectSqlite } from './sqlite.introspector.js';
import { visibleSchema } from './visible-schema.js';

/**
 * Reads the schema of a datasource, as far as its policy shows it, and lays over it what people say.
 * @throws AppError `introspection_failed` (permanent) or `database_unreachable` (retryable)
 */
export async function introspect(
  connection: Connection,
  policy: AccessPolicy,
  descriptions?: Descriptions,
): Promise<SchemaSnapshot> {
  const tables = visibleSchema(await introspectDialect(connection, policy), policy);
  if (tables.length === 0) throw permanent('no_tables', 'The datasource has no table that its policy shows.');
  const described = describe(inferForeignKeys(tables), descriptions);
  return {
    dialect: connection.dialect,
    ...described,
    fingerprint: fingerprintOf(described),
    takenAt: new Date().toISOString(),
  };
}

function introspectDialect(
  connection: Connection,
  policy: AccessPolicy,
): Promise<TableSnapshot[]> | TableSnapshot[] {
  // What one caller may see must not reach another through the snapshot.
  const keepsValues = policy.sampleValues && !policy.asCaller;
  switch (connection.dialect) {
    case 'sqlite':
      return introspectSqlite(connection.file, keepsValues);
    case 'postgres':
      return introspectPostgres(connection.url, keepsValues);
    case 'mysql':
      return introspectMysql(connection.url, keepsValues);
  }
}
