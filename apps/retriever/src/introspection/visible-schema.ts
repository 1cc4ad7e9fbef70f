import { type AccessPolicy, hiddenColumns } from '#shared/contracts/datasource';
import type { ColumnSnapshot, TableSnapshot } from '#shared/contracts/snapshot';

/** What the policy shows of the tables; keys that need anything else go. Names are compared without regard to case. */
export function visibleSchema(tables: readonly TableSnapshot[], policy: AccessPolicy): TableSnapshot[] {
  const allowed = policy.allowTables && new Set(lower(policy.allowTables));
  const denied = new Set(lower(policy.denyTables));
  const visible = tables.filter(({ name }) => {
    const key = name.toLowerCase();
    return !denied.has(key) && (!allowed || allowed.has(key));
  });
  const byName = Map.groupBy(visible, ({ name }) => name.toLowerCase());
  const hidden = hiddenColumns(
    { allowColumns: lower(policy.allowColumns), denyColumns: lower(policy.denyColumns) },
    (name) =>
      (byName.get(name) ?? []).flatMap(({ columns }) => columns.map((column) => column.name.toLowerCase())),
  );
  const isShown = (table: string, columns: readonly string[]) =>
    byName.has(table.toLowerCase()) &&
    !columns.some((column) => hidden.get(table.toLowerCase())?.has(column.toLowerCase()));
  return visible.map((table) => ({
    ...table,
    columns: table.columns
      .filter((column) => isShown(table.name, [column.name]))
      .map((column) => (table.kind === 'view' && hidden.size > 0 ? withoutValues(column) : column)),
    primaryKey: isShown(table.name, table.primaryKey) ? table.primaryKey : [],
    foreignKeys: table.foreignKeys.filter(
      ({ columns, referencedTable, referencedColumns }) =>
        isShown(table.name, columns) && isShown(referencedTable, referencedColumns),
    ),
    ...(table.uniqueKeys && { uniqueKeys: table.uniqueKeys.filter((key) => isShown(table.name, key)) }),
  }));
}

function lower<T extends string[] | undefined>(names: T): T {
  return names?.map((name) => name.toLowerCase()) as T;
}

/** A view may show a hidden column under any name: its values stay out of the snapshot. */
function withoutValues({ sampleValues: _, ...column }: ColumnSnapshot): ColumnSnapshot {
  return column;
}
