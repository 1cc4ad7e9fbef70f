import type { Repair } from '#shared/contracts/attempt';
import { UnreadableStatement } from '#shared/sql/query-block';
import { readStatement } from '#shared/sql/read-statement';
import { type NameFault, NameResolver } from '#shared/sql/resolve-names';
import type { SchemaNames } from '#shared/sql/schema-names';
import { applyMend, type Mend, only, type View } from './mend.js';
import { mendAmbiguous } from './rules/ambiguous-column.js';
import { mendText } from './rules/broken-text.js';
import { mendComparison } from './rules/comparison.js';
import { mendGrouping } from './rules/grouping.js';
import { mendColumn } from './rules/unknown-column.js';
import { mendQualifier } from './rules/unknown-qualifier.js';
import { mendTable } from './rules/unknown-table.js';

export interface Repaired {
  sql: string;
  repairs: Repair[];
}

/** Tells what a statement's engine would make of it, as far as that is known without the database. */
export interface Engine {
  /** Whether it would run; null where nobody can tell. */
  isValid(sql: string): Promise<boolean | null>;
  /** What it says in the datasource's dialect, read as another one. */
  translations(sql: string): Promise<string[]>;
}

/** PostgreSQL's mixed-case names need one each. */
const mostMends = 40;

/**
 * Mends a statement that would not run, one fault after the other, as long as each has one possible meaning; else by
 * reading it in another dialect.
 * @returns null where it needs no mending, where nobody can tell, and where mending leads to nothing that would run
 */
export async function repairStatement(
  sql: string,
  schema: SchemaNames,
  engine: Engine,
): Promise<Repaired | null> {
  if ((await engine.isValid(sql)) !== false) return null;
  return (await mendedByRules(sql, schema, engine)) ?? (await translated(sql, engine));
}

async function mendedByRules(sql: string, schema: SchemaNames, engine: Engine): Promise<Repaired | null> {
  const repairs: Repair[] = [];
  let text = sql;
  while (repairs.length < mostMends) {
    const mend = nextMend(text, schema);
    if (!mend) return null;
    const [edit] = mend.edits;
    if (edit) repairs.push({ kind: mend.kind, from: text.slice(edit.start, edit.end), to: edit.text.trim() });
    text = applyMend(text, mend);
    const isValid = await engine.isValid(text);
    if (isValid === null) return null;
    if (isValid) return { sql: text.trim(), repairs };
  }
  return null;
}

/** Where every dialect that reads it says the same. */
async function translated(sql: string, engine: Engine): Promise<Repaired | null> {
  const meant = only(await engine.translations(sql));
  return meant === null ? null : { sql: meant, repairs: [{ kind: 'dialect', from: sql, to: meant }] };
}

function nextMend(sql: string, schema: SchemaNames): Mend | null {
  const read = readOrPlace(sql);
  if (typeof read === 'number') return mendText(sql, read);
  const resolver = new NameResolver(schema);
  const view: View = { sql, statement: read, schema, resolver };
  for (const fault of resolver.faults(read)) {
    const mend = mendName(fault, view);
    if (mend) return mend;
  }
  return mendGrouping(view) ?? mendComparison(view);
}

function readOrPlace(sql: string) {
  try {
    return readStatement(sql);
  } catch (error) {
    if (error instanceof UnreadableStatement) return error.at;
    throw error;
  }
}

function mendName(fault: NameFault, view: View): Mend | null {
  switch (fault.kind) {
    case 'unknown_table':
      return mendTable(fault, view);
    case 'unknown_qualifier':
      return mendQualifier(fault, view);
    case 'unknown_column':
      return mendColumn(fault, view);
    case 'ambiguous':
      return mendAmbiguous(fault, view);
  }
}
