import { Inject, Injectable } from '@nestjs/common';
import type { SchemaSnapshot } from '../contracts/snapshot.js';
import type { Database } from './database.js';
import { keepNewest } from './keep-newest.js';
import { DATABASE } from './tokens.js';

/** Schema snapshots, for every app: they hold no credentials. */
@Injectable()
export class SnapshotReader {
  /** By datasource and fingerprint, so an entry never goes stale. */
  private readonly kept = new Map<string, SchemaSnapshot>();

  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** Undefined when it was replaced by a newer one. */
  async snapshot(datasourceId: string, fingerprint: string): Promise<SchemaSnapshot | undefined> {
    const key = `${datasourceId} ${fingerprint}`;
    const known = this.kept.get(key);
    if (known) return known;
    const row = await this.db
      .selectFrom('schema_snapshot')
      .select('snapshot')
      .where('datasource_id', '=', datasourceId)
      .where('fingerprint', '=', fingerprint)
      .executeTakeFirst();
    if (!row) return undefined;
    keepNewest(this.kept, key, row.snapshot);
    return row.snapshot;
  }
}
