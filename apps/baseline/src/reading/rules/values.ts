import { keyColumn, namingColumns } from '../../schema/defaults.js';
import type { Column, Table } from '../../schema/model.js';
import type { Condition, Literal } from '../../sql/query.js';
import { columnAt, isNumber, mentionAt, tableAt, type Draft } from '../draft.js';
import { sketchPattern } from '../sketch.js';

interface Cell {
  column: Column;
  value: Literal;
}

const fillers =
  '(?:is|are|was|were|be|equal to|equals|=|of|as|named|called|with|value|either|both|to|for|in|at|by|that|whose|:|from|has|have)';

const someCells = '<[VQ]\\d+>(?: <[VQ]\\d+>)*';
const listed = '(?:,|and|or|, and|, or)';

/** Cells, quoted strings and numbers: `from France`, `with status 'open'`, `id 3`, `from France or Spain`. */
export function readValues(draft: Draft): void {
  draft.sketch.take(sketchPattern('both {VQN} and {VQN}'), ([, a, b]) => readBoth(draft, 'INTERSECT', a, b));
  draft.sketch.take(sketchPattern('{VQ} and (?:also |who |that |which |have |has |had )+{VQ}'), ([, a, b]) =>
    readBoth(draft, 'INTERSECT', a, b),
  );
  draft.sketch.take(
    sketchPattern(`{VQ} but (?:[a-z]+ ){0,2}not (?:(?:${fillers}|any|<[TC]\\d+>) )*{VQ}`),
    ([, a, b]) => readBoth(draft, 'EXCEPT', a, b),
  );
  draft.sketch.take(
    sketchPattern(
      `(?:{CT} )?(?:${fillers} )*(not (?:(?!and|or)[a-z]+ ){0,3}|other than |except for |except |excluding |besides )?(?:${fillers} )*(${someCells}(?: ${listed} ${someCells})*)(?: {C})?`,
    ),
    ([, before, not, list = '', after]) => {
      const cells = list
        .split(/ (?:,|and|or) /)
        .map((group) => cellsOf(draft, group, before, after))
        .filter((group) => group.length > 0);
      if (cells.length === 0) return null;
      addCells(draft, cells, not !== undefined);
      const used = new Set(cells.flat().map(({ column }) => column));
      const rest = [before, after].flatMap((index) =>
        index !== undefined && !namesOneOf(draft, index, used)
          ? [`<${mentionAt(draft, index).kind}${index}>`]
          : [],
      );
      return rest.join(' ');
    },
  );
  draft.sketch.take(
    sketchPattern(`{C} (?:number )?(?:${fillers} )*(not )?{N}(?! <T)`),
    ([, index, not, number]) => {
      const column = columnAt(draft, index, ({ kind }) => kind !== 'text');
      draft.query.where.push(
        equal({ column, value: mentionAt(draft, number).number ?? '' }, not !== undefined),
      );
      return '';
    },
  );
  draft.sketch.take(sketchPattern('(?:with|has|have|of|is|are|give|worth) {N} {C}'), ([, number, index]) => {
    const column = columnAt(draft, index, isNumber);
    if (!isNumber(column)) return null;
    draft.query.where.push(equal({ column, value: mentionAt(draft, number).number ?? '' }, false));
    return '';
  });
  draft.sketch.take(sketchPattern('{T} (?:number )?{N}'), ([, index, number]) => {
    const column = keyColumn(tableAt(draft, index));
    if (!column) return null;
    draft.query.where.push(equal({ column, value: mentionAt(draft, number).number ?? '' }, false));
    return `<T${index}>`;
  });
}

function readBoth(
  draft: Draft,
  operator: 'INTERSECT' | 'EXCEPT',
  a: string | undefined,
  b: string | undefined,
): string | null {
  const [first, second] = alike(draft, a, b) ?? [
    cellAt(draft, a, undefined, undefined),
    cellAt(draft, b, undefined, undefined),
  ];
  if (!first || !second) return null;
  if (first.column === second.column)
    draft.both = { operator, first: equal(first, false), second: equal(second, false) };
  else draft.query.where.push(equal(first, false), equal(second, operator === 'EXCEPT'));
  return '';
}

/** The two as cells of the same column, where they can be. */
function alike(draft: Draft, a: string | undefined, b: string | undefined): [Cell, Cell] | null {
  const others = mentionAt(draft, b).values;
  for (const { column, value } of mentionAt(draft, a).values) {
    const other = others.find((hit) => hit.column === column);
    if (other)
      return [
        { column, value },
        { column, value: other.value },
      ];
  }
  return null;
}

/** Cells side by side belong to one row: a first and a last name. */
function cellsOf(draft: Draft, group: string, before: string | undefined, after: string | undefined): Cell[] {
  const indexes = [...group.matchAll(/<[VQ](\d+)>/g)].map(([, index]) => index);
  const cells = indexes.flatMap((index) => cellAt(draft, index, before, after) ?? []);
  const [first, second] = cells;
  if (indexes.length !== 2 || !first || !second || first.column !== second.column) return cells;
  const [ones, others] = indexes.map((index) => mentionAt(draft, index).values);
  for (const one of ones ?? [])
    for (const other of others ?? [])
      if (
        one.column !== other.column &&
        one.column.table === other.column.table &&
        !one.column.words.includes('last')
      )
        return [one, other];
  return cells;
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

function namesOneOf(draft: Draft, index: string, used: Set<Column>): boolean {
  const mention = mentionAt(draft, index);
  return mention.kind === 'C' && mention.columns.some(({ column, score }) => score > 0.5 && used.has(column));
}

function addCells(draft: Draft, groups: Cell[][], negated: boolean): void {
  const single = groups.filter((group) => group.length === 1).flat();
  const several = groups
    .filter((group) => group.length > 1)
    .map((group) => group.map((cell) => equal(cell, negated)));
  if (several.length > 1)
    draft.query.where.push({
      kind: 'any',
      conditions: several.map((conditions) => ({ kind: 'all', conditions })),
    });
  else draft.query.where.push(...several.flat());
  for (const same of Map.groupBy(single, ({ column }) => column).values()) {
    const conditions = same.map((cell) => equal(cell, negated));
    if (negated || conditions.length === 1) draft.query.where.push(...conditions);
    else draft.query.where.push({ kind: 'any', conditions });
  }
}

function equal({ column, value }: Cell, negated: boolean): Condition {
  return { kind: 'compare', left: { kind: 'column', column }, operator: negated ? '!=' : '=', right: value };
}
