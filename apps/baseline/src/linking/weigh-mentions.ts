import type { Token } from '../language/tokenise.js';
import { distance } from '../schema/joins.js';
import type { Schema, Table } from '../schema/model.js';
import type { Mention } from './mention.js';

/** Orders what each mention may mean by the tables that the rest of the question is about, and settles its kind. */
export function weighMentions(mentions: Mention[], tokens: Token[], schema: Schema): void {
  const named = namedTables(mentions);
  const support = supportOf(mentions, named);
  const far = memoise((table: Table) =>
    Math.min(3, ...[...named.keys()].map((other) => distance(schema, table, other))),
  );
  for (const mention of mentions) {
    const near = tableNear(mention, mentions, tokens);
    for (const hit of mention.columns)
      hit.score += tableBonus(hit.column.table, named, support, near) - 0.1 * far(hit.column.table);
    for (const hit of mention.values) {
      hit.score += tableBonus(hit.column.table, named, support, null) - 0.1 * far(hit.column.table);
      if (
        mentions.some(
          (other) =>
            Math.abs(other.start - mention.start) <= 4 &&
            other !== mention &&
            other.columns.some(({ column, score }) => column === hit.column && score > 0.8),
        )
      )
        hit.score += 0.4;
      if (hit.value === mention.text) hit.score += 0.05;
    }
    mention.columns.sort((a, b) => b.score - a.score);
    mention.values.sort((a, b) => b.score - a.score);
    mention.kind = kindOf(mention, named);
  }
}

/** Tables that words of the question name outright. */
function namedTables(mentions: Mention[]): Map<Table, number> {
  const named = new Map<Table, number>();
  for (const { tables, columns, kind } of mentions) {
    const [best] = tables;
    if (kind === 'V' && best && best.score >= (columns[0]?.score ?? 0) - 0.1)
      for (const { table, score } of tables)
        if (score >= best.score - 0.05) named.set(table, Math.max(score, named.get(table) ?? 0));
  }
  return named;
}

function supportOf(mentions: Mention[], named: Map<Table, number>): Map<Table, number> {
  const support = new Map<Table, number>();
  for (const mention of mentions) {
    if ((mention.tables[0]?.score ?? 0) >= 0.9) continue;
    const best = mention.columns[0]?.score ?? 0;
    const tables = new Set([
      ...mention.columns.filter(({ score }) => score >= best - 0.05).map(({ column }) => column.table),
      ...mention.values.map(({ column }) => column.table),
    ]);
    for (const table of tables) support.set(table, (support.get(table) ?? 0) + 1 / tables.size);
  }
  for (const [table, score] of named) support.set(table, (support.get(table) ?? 0) + score);
  return support;
}

function tableBonus(
  table: Table,
  named: Map<Table, number>,
  support: Map<Table, number>,
  near: Table[] | null,
): number {
  const [first] = named.keys();
  return (
    0.25 * (named.get(table) ?? 0) +
    (table === first ? 0.05 : 0) +
    0.1 * Math.min(2, support.get(table) ?? 0) +
    (near?.includes(table) ? 0.3 : 0)
  );
}

/** The table that a column's words belong to: the one right before (`student name`) or after `of` (`names of students`). */
function tableNear(mention: Mention, mentions: Mention[], tokens: Token[]): Table[] | null {
  const isTable = (other: Mention) => other !== mention && (other.tables[0]?.score ?? 0) >= 0.6;
  const before = mentions.find((other) => other.end === mention.start && isTable(other));
  if (before) return before.tables.map(({ table }) => table).slice(0, 1);
  const after = mentions.find((other) => other.start >= mention.end && isTable(other));
  const earlier = mentions.findLast((other) => other.end <= mention.start && isTable(other));
  const cue = earlier && tokens.slice(earlier.end, mention.start).map(({ lower }) => lower);
  if (
    earlier &&
    cue &&
    cue.length <= 4 &&
    cue.some((word) => /^(?:with|whose|where|has|have|had|having)$/.test(word))
  )
    return earlier.tables.map(({ table }) => table).slice(0, 1);
  if (!after) return null;
  const between = tokens.slice(mention.end, after.start).map(({ lower }) => lower);
  return between.some((word) => /^(?:of|for|from|in|that|which|who|with)$/.test(word)) || between.length < 3
    ? after.tables.map(({ table }) => table).slice(0, 1)
    : null;
}

function kindOf(mention: Mention, named: Map<Table, number>): Mention['kind'] {
  if (mention.kind !== 'V' || mention.values.length > 0) return mention.kind;
  const [table] = mention.tables;
  const [column] = mention.columns;
  if (!table) return 'C';
  if (!column) return 'T';
  const ownColumn = mention.columns.find(
    ({ column }) =>
      column.table !== table.table &&
      !column.isKey &&
      [...named.keys()].some((other) => other === column.table),
  );
  if (table.score >= 0.88) return ownColumn && ownColumn.score >= 1.3 ? 'C' : 'T';
  return column.score - 0.3 > table.score ? 'C' : 'T';
}

function memoise<K, V>(compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}
