import { Injectable } from '@nestjs/common';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import { introspect } from './introspection/introspector.js';
import { SchemaSearch } from './schema-search.js';

/** Takes a datasource's schema snapshot and indexes it. */
@Injectable()
export class IndexService {
  constructor(
    private readonly datasources: DatasourceStore,
    private readonly search: SchemaSearch,
  ) {}

  async refresh(datasourceId: string): Promise<void> {
    const datasource = await this.datasources.byId(datasourceId);
    if (!datasource) {
      await this.search.drop(datasourceId);
      return;
    }
    const { connection, policy, descriptions, refreshes } = datasource;
    const snapshot = await introspect(connection, policy, descriptions);
    // Indexed before it is put to use: a query never meets a snapshot without its index.
    await this.search.prepare(datasourceId, snapshot);
    // Asked for once more while it ran: a second job beside this one there is not.
    if (!(await this.datasources.storeSnapshot(datasourceId, snapshot, refreshes)))
      await this.refresh(datasourceId);
  }
}
