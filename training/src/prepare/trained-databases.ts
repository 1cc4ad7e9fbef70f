import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { accessPolicySchema } from '#shared/contracts/datasource';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { permanent } from '#shared/errors/app-error';
import { inferForeignKeys } from '../../../apps/retriever/src/introspection/inferred-keys.js';
import { introspect } from '../../../apps/retriever/src/introspection/introspector.js';
import { readJson } from '../../../evaluation/src/questions/read-file.js';
import {
  snapshotOf,
  spiderDatabaseSchema,
  tablesOf,
} from '../../../evaluation/src/retrieval/spider-snapshots.js';
import type { ReadSet } from './question-sets.js';

export interface TrainedDatabase {
  /** Undefined where the set describes the database and does not have it: then no cell values are known. */
  file: string | undefined;
  snapshot: () => Promise<SchemaSnapshot>;
}

/**
 * Databases that the sets ask about, read as the service reads them.
 * @throws AppError `invalid_request` for one that is neither there nor described
 */
export function trainedDatabases(folder: string, sets: readonly ReadSet[]): Map<string, TrainedDatabase> {
  const names = new Set(sets.flatMap(({ pairs }) => pairs.map(({ database }) => database)));
  const policy = accessPolicySchema.parse({});
  const trained = (name: string): TrainedDatabase => {
    const file = join(folder, 'database', name, `${name}.sqlite`);
    return existsSync(file)
      ? { file, snapshot: () => introspect({ dialect: 'sqlite', file }, policy) }
      : { file: undefined, snapshot: async () => describedSnapshot(folder, name) };
  };
  return new Map([...names].map((name) => [name, trained(name)]));
}

function describedSnapshot(folder: string, name: string): SchemaSnapshot {
  const file = join(folder, 'tables.json');
  const entries = z.array(z.looseObject({ db_id: z.string() })).parse(readJson(file));
  const described = spiderDatabaseSchema.safeParse(entries.find(({ db_id }) => db_id === name));
  if (!described.success)
    throw permanent('invalid_request', `${name} is neither in ${join(folder, 'database')} nor in ${file}`);
  return snapshotOf(inferForeignKeys(tablesOf(described.data, '')));
}
