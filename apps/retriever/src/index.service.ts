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
    const snapshot = await introspect(datasource.connection, datasource.policy);
    // Indexed before it is put to use: a query never meets a snapshot without its index.
    await this.search.prepare(datasourceId, snapshot);
    await this.datasources.storeSnapshot(datasourceId, snapshot);
  }
}
