import type { QueryBlock } from '#shared/sql/query-block';
import type { NamedTable } from '#shared/sql/schema-names';
import type { View } from './mend.js';

/** The schema's tables that a block reads. */
export function tablesOf(block: QueryBlock, view: View): NamedTable[] {
  return block.sources.flatMap((source) => view.resolver.tableOf(source, block) ?? []);
}
