import type { QueryBlock, Source } from '#shared/sql/query-block';
import { isFault } from '#shared/sql/resolve-names';
import type { NamedTable } from '#shared/sql/schema-names';
import type { Hop } from './join-path.js';
import type { Edit, View } from './mend.js';
import { writtenName, writtenShortName, writtenTable } from './written-name.js';

interface Added {
  text: string;
  /** How the table that the path leads to is called in the statement. */
  name: string;
  /** Bare names that the new tables would make ambiguous, with the tables they mean. */
  qualified: Edit[];
}

/** The joins that lead along a path from a block's own tables; null where a name for a new one is taken. */
export function addedJoins(path: readonly Hop[], block: QueryBlock, view: View): Added | null {
  const names = new Map<NamedTable, string>();
  for (const source of block.sources) {
    const table = view.resolver.tableOf(source, block);
    if (table && !names.has(table)) names.set(table, writtenSource(source));
  }
  const taken = takenNames(block, view);
  const { dialect } = view.schema.rules;
  let text = '';
  let number = block.sources.length;
  for (const { from, to, pairs } of path) {
    const table = writtenTable(to.table.name, dialect);
    number += 1;
    const short = writtenShortName(to.table.name, dialect);
    const name = isNumbered(block) ? `T${number}` : short;
    if (taken.has(name.toLowerCase())) return null;
    names.set(to, name);
    const own = names.get(from) ?? '';
    const on = pairs
      .map(([a, b]) => `${own}.${writtenName(a, dialect)} = ${name}.${writtenName(b, dialect)}`)
      .join(' AND ');
    text += ` JOIN ${table}${name === short ? '' : ` AS ${name}`} ON ${on}`;
  }
  const added = path.map(({ to }) => to);
  const name = names.get(added.at(-1) ?? (path[0]?.from as NamedTable)) ?? '';
  return { text, name, qualified: qualifyBare(added, block, view) };
}

export function writtenSource({ alias, table }: Source): string {
  return (alias ?? table)?.text ?? '';
}

function isNumbered({ sources }: QueryBlock): boolean {
  return sources.every(({ alias }, index) => alias?.text.toUpperCase() === `T${index + 1}`);
}

/** Of the block and of those around it: a new name must hide none of them. */
function takenNames(block: QueryBlock, view: View): Set<string> {
  const names = new Set<string>();
  for (let scope: QueryBlock | null = block; scope; scope = scope.parent)
    for (const source of scope.sources) names.add(view.resolver.nameOf(source)?.toLowerCase() ?? '');
  return names;
}

function qualifyBare(added: readonly NamedTable[], block: QueryBlock, view: View): Edit[] {
  return block.references.flatMap((reference) => {
    if (reference.qualifier) return [];
    const key = view.schema.rules.ofToken(reference.name);
    if (!added.some(({ columns }) => columns.has(key))) return [];
    const found = view.resolver.resolve(reference, block);
    if (typeof found === 'string' || isFault(found) || found.block !== block) return [];
    const { start } = reference.name;
    return [{ start, end: start, text: `${writtenSource(found.source)}.` }];
  });
}
