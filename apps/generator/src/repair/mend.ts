import type { RepairKind } from '#shared/contracts/attempt';
import type { NameResolver } from '#shared/sql/resolve-names';
import type { ReadStatement } from '#shared/sql/query-block';
import type { SchemaNames } from '#shared/sql/schema-names';

/** A piece of the statement to be replaced; offsets into it. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** One change of a statement. */
export interface Mend {
  kind: RepairKind;
  /** None overlaps another; the first tells what was changed. */
  edits: readonly Edit[];
}

/** A statement that was read, beside the schema. */
export interface View {
  sql: string;
  statement: ReadStatement;
  schema: SchemaNames;
  resolver: NameResolver;
}

export function applyMend(sql: string, { edits }: Mend): string {
  return edits
    .toSorted((a, b) => b.start - a.start || b.end - a.end)
    .reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), sql);
}

/** The only one, if there is just one. */
export function only<T>(items: readonly T[]): T | null {
  const [first] = items;
  return items.length === 1 && first !== undefined ? first : null;
}
