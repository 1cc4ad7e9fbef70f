import { measuresOf } from '../language/adjectives.js';
import type { Column, Table } from '../schema/model.js';
import type { Draft } from './draft.js';

/** The column that an adjective measures (`oldest`: age, or year of birth the other way round) among likely tables. */
export function measuredColumn(
  draft: Draft,
  adjective: string,
  prefer: Table | null,
): { column: Column; greatest: boolean } | null {
  const tables = likelyTables(draft, prefer);
  for (const { name, greatest } of measuresOf(adjective)) {
    for (const table of tables) {
      const column = table.columns.find(
        (column) =>
          !column.isKey &&
          (column.kind !== 'text' || name === 'dat') &&
          column.words.some((word) => word.startsWith(name)),
      );
      if (column) return { column, greatest };
    }
  }
  return null;
}

export function likelyTables(draft: Draft, prefer: Table | null): Table[] {
  const named = draft.mentions.flatMap((mention) => {
    const [table] = mention.tables;
    const [column] = mention.columns;
    const [value] = mention.values;
    if (mention.kind === 'T' && table) return [table.table];
    if (mention.kind === 'V' && value) return [value.column.table];
    return column ? [column.column.table] : [];
  });
  return [...new Set([...(prefer ? [prefer] : []), ...(draft.subject ? [draft.subject] : []), ...named])];
}
