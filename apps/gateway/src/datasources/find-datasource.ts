import { datasourceNameSchema } from '#shared/contracts/datasource';
import { permanent } from '#shared/errors/app-error';
import type { DatasourceRow, DatasourceStore } from '#shared/persistence/datasource.store';

/** @throws AppError `unknown_datasource` */
export async function findDatasource(store: DatasourceStore, name: string): Promise<DatasourceRow> {
  const known = datasourceNameSchema.safeParse(name).success;
  const row = known ? await store.byName(name) : undefined;
  if (!row) throw permanent('unknown_datasource', `There is no datasource named ${name.slice(0, 64)}.`);
  return row;
}
