import { Injectable } from '@nestjs/common';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import { SchemaIndex } from './indexing/schema-index.js';
import { introspect } from './introspection/introspector.js';

/** Takes a datasource's schema snapshot and indexes it. */
@Injectable()
export class IndexService {
  constructor(
    private readonly datasources: DatasourceStore,
    private readonly index: SchemaIndex,
  ) {}

  async refresh(datasourceId: string): Promise<void> {
    const datasource = await this.datasources.byId(datasourceId);
    if (!datasource) {
      await this.index.drop(datasourceId);
      return;
    }
    const snapshot = await introspect(datasource.connection, datasource.policy);
    // Indexed before it is put to use: a query never meets a snapshot without its index.
    if (!(await this.index.has({ datasourceId, fingerprint: snapshot.fingerprint })))
      await this.index.build(datasourceId, snapshot);
    await this.datasources.storeSnapshot(datasourceId, snapshot);
  }
}
