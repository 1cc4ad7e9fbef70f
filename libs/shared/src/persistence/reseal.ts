import type { SealedText } from '../secrets/sealed-text.js';
import type { Database } from './database.js';

const mostAtOnce = 100;

export interface Resealed {
  resealed: number;
  /** Names of datasources whose credentials neither key opens. */
  unopened: string[];
}

/**
 * Seals the connections of all datasources with the current key, each by a statement of its own that writes only over what was
 * read: applications go on meanwhile, several may do it at once, and one that was cut off is done again.
 */
export async function resealConnections(db: Database, sealer: SealedText): Promise<Resealed> {
  const result: Resealed = { resealed: 0, unopened: [] };
  let last: string | undefined;
  do {
    const rows = await batchAfter(db, last);
    for (const row of rows) {
      const outcome = await resealConnection(db, sealer, row);
      if (outcome === 'resealed') result.resealed += 1;
      if (outcome === 'unopened') result.unopened.push(row.name);
    }
    last = rows.at(-1)?.id;
  } while (last !== undefined);
  return result;
}

interface SealedRow {
  id: string;
  name: string;
  sealed_connection: string;
}

function batchAfter(db: Database, last: string | undefined): Promise<SealedRow[]> {
  const rows = db
    .selectFrom('datasource')
    .select(['id', 'name', 'sealed_connection'])
    .where('removed_at', 'is', null)
    .orderBy('id')
    .limit(mostAtOnce);
  return (last === undefined ? rows : rows.where('id', '>', last)).execute();
}

/** `left`: it is sealed with the current key, or was removed or sealed anew since it was read. */
async function resealConnection(
  db: Database,
  sealer: SealedText,
  row: SealedRow,
): Promise<'resealed' | 'left' | 'unopened'> {
  let sealed: string | undefined;
  try {
    sealed = sealer.reseal(row.sealed_connection, row.id);
  } catch {
    return 'unopened';
  }
  if (sealed === undefined) return 'left';
  const { numUpdatedRows } = await db
    .updateTable('datasource')
    .set({ sealed_connection: sealed })
    .where('id', '=', row.id)
    .where('sealed_connection', '=', row.sealed_connection)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 0n ? 'left' : 'resealed';
}
