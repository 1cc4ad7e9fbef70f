import { namingColumns } from '../../schema/defaults.js';
import type { Column, Table } from '../../schema/model.js';
import type { Condition, Literal } from '../../sql/query.js';
import { columnAt, mentionAt, tableAt, type Draft } from '../draft.js';
import { sketchPattern } from '../sketch.js';

interface Cell {
  column: Column;
  value: Literal;
}

const fillers =
  '(?:is|are|was|were|be|equal to|equals|=|of|as|named|called|with|value|either|both|to|for|in|at|by|that|whose|:|from|has|have)';

/** Cells, quoted strings and numbers: `from France`, `with status 'open'`, `id 3`, `from France or Spain`. */
export function readValues(draft: Draft): void {
  draft.sketch.take(sketchPattern(`both {VQN} and {VQN}`), ([, a, b]) => readBoth(draft, a, b));
  draft.sketch.take(sketchPattern(`{VQ} and (?:also |who |that |which |have |has |had )+{VQ}`), ([, a, b]) =>
    readBoth(draft, a, b),
  );
  draft.sketch.take(
    sketchPattern(
      `(?:{CT} )?(?:${fillers} )*(not |other than |except for |except |excluding |besides )?(?:${fillers} )*((?:<[VQ]\\d+>)(?: (?:,|and|or|, and|, or) (?:<[VQ]\\d+>))*)(?: {C})?`,
    ),
    ([, before, not, list = '', after]) => {
      const cells = [...list.matchAll(/<[VQ](\d+)>/g)].flatMap(
        ([, index]) => cellAt(draft, index, before, after) ?? [],
      );
      if (cells.length === 0) return null;
      addCells(draft, cells, not !== undefined);
      const rest = [before, after].flatMap((index) =>
        index !== undefined && !isColumnOf(draft, index, cells)
          ? [`<${mentionAt(draft, index).kind}${index}>`]
          : [],
      );
      return rest.join(' ');
    },
  );
  draft.sketch.take(sketchPattern(`{C} (?:number )?(?:${fillers} )*(not )?{N}`), ([, index, not, number]) => {
    const column = columnAt(draft, index, ({ kind }) => kind !== 'text');
    draft.query.where.push(
      equal({ column, value: mentionAt(draft, number).number ?? '' }, not !== undefined),
    );
    return '';
  });
}

function readBoth(draft: Draft, a: string | undefined, b: string | undefined): string | null {
  const first = cellAt(draft, a, undefined, undefined);
  const second = cellAt(draft, b, undefined, undefined);
  if (!first || !second) return null;
  if (first.column === second.column)
    draft.both = { first: equal(first, false), second: equal(second, false) };
  else draft.query.where.push(equal(first, false), equal(second, false));
  return '';
}

/** Which cell a mention means, given the names before and after it. */
function cellAt(
  draft: Draft,
  index: string | undefined,
  before: string | undefined,
  after: string | undefined,
): Cell | null {
  const mention = mentionAt(draft, index);
  const neighbours = [before, after].flatMap((at) =>
    at === undefined
      ? []
      : mentionAt(draft, at)
          .columns.filter(({ score }) => score > 0.8)
          .map(({ column }) => column),
  );
  const [best] = mention.values;
  if (best) {
    const beside = mention.values.find(({ column }) => neighbours.includes(column)) ?? best;
    return { column: beside.column, value: beside.value };
  }
  const value = mention.text;
  if (before !== undefined && mentionAt(draft, before).kind === 'C')
    return { column: columnAt(draft, before, ({ kind }) => kind !== 'number'), value };
  const table: Table | null =
    before !== undefined && mentionAt(draft, before).kind === 'T' ? tableAt(draft, before) : draft.subject;
  const column = table && namingColumns(table)[0];
  return column ? { column, value } : null;
}

function isColumnOf(draft: Draft, index: string, cells: Cell[]): boolean {
  const mention = mentionAt(draft, index);
  return (
    mention.kind === 'C' &&
    mention.columns.some(({ column, score }) => score > 0.5 && cells.some((cell) => cell.column === column))
  );
}

function addCells(draft: Draft, cells: Cell[], negated: boolean): void {
  const byColumn = Map.groupBy(cells, ({ column }) => column);
  for (const same of byColumn.values()) {
    const conditions = same.map((cell) => equal(cell, negated));
    if (negated || conditions.length === 1) draft.query.where.push(...conditions);
    else draft.query.where.push({ kind: 'any', conditions });
  }
}

function equal({ column, value }: Cell, negated: boolean): Condition {
  return { kind: 'compare', left: { kind: 'column', column }, operator: negated ? '!=' : '=', right: value };
}
