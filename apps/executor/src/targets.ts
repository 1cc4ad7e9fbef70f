import { Injectable } from '@nestjs/common';
import { permanent } from '#shared/errors/app-error';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import type { WorkDatasource } from '#shared/persistence/query.work';
import { SnapshotReader } from '#shared/persistence/snapshot.reader';
import type { Target } from './sandbox/sandbox.js';

/** Opens the datasource of a piece of work for the sandbox. */
@Injectable()
export class Targets {
  constructor(
    private readonly datasources: DatasourceStore,
    private readonly snapshots: SnapshotReader,
  ) {}

  /** @throws AppError `datasource_removed` or `master_key_wrong` */
  async of(work: {
    datasourceId: string;
    datasource: WorkDatasource | null;
    caller: string | null;
  }): Promise<Target> {
    const { datasourceId, datasource, caller } = work;
    if (!datasource)
      throw permanent('datasource_removed', 'The datasource was removed.', { stage: 'execute' });
    const { fingerprint } = datasource;
    const snapshot = fingerprint === null ? null : await this.snapshots.snapshot(datasourceId, fingerprint);
    return {
      datasourceId,
      ...this.datasources.access(datasourceId, datasource),
      snapshot: snapshot ?? null,
      caller,
    };
  }
}
