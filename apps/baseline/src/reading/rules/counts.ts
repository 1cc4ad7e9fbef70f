import { comparison, operatorOf } from '../../language/comparatives.js';
import type { Operator } from '../../sql/query.js';
import { columnAt, isNumber, mentionAt, shownHere, tableAt, type Draft } from '../draft.js';
import { sketchPattern } from '../sketch.js';

const having =
  '(?:with|have|has|having|had|in|by|for|that|who|which|were|was|are|is|of|offer|offers|contain|contains|own|owns)';

/** `with more than 3 orders`, `at least two pets`: groups by what the question is about and counts. */
export function readCountConditions(draft: Draft): void {
  const add = (operator: Operator, number: string | undefined, table: string | undefined) => {
    const right = mentionAt(draft, number).number;
    if (right === undefined) return null;
    if (table !== undefined) draft.query.tables.push(tableAt(draft, table));
    // Joining the table already asks for one row.
    if (operator === '>=' && right === 1 && table !== undefined) return '';
    draft.query.having.push({
      kind: 'compare',
      left: { kind: 'aggregate', function: 'count', column: null },
      operator,
      right,
    });
    return '';
  };
  const kinds =
    '(?:different |distinct |total |kinds of |types of |(?!or|and|of|in|for|by|from|with|to|at)[a-z]+ )?';
  draft.sketch.take(
    sketchPattern(`(?:${having} )?${comparison} {N} ${kinds}{T}`),
    ([, text = '', number, table]) => add(operatorOf(text), number, table),
  );
  draft.sketch.take(
    sketchPattern(`(?:${having} )?{N} or (more|fewer|less) ${kinds}{T}`),
    ([, number, text, table]) => add(text === 'more' ? '>=' : '<=', number, table),
  );
  draft.sketch.take(
    sketchPattern(`(?:${having} )?(?:number|count) of {T} (?:is |are |of )*${comparison} {N}`),
    ([, table, text = '', number]) => add(operatorOf(text), number, table),
  );
  draft.sketch.take(sketchPattern(`${comparison} {N} times?`), ([, text = '', number]) =>
    add(operatorOf(text), number, undefined),
  );
  draft.sketch.take(sketchPattern(`${comparison} (once|twice)`), ([, text = '', word]) => {
    draft.query.having.push({
      kind: 'compare',
      left: { kind: 'aggregate', function: 'count', column: null },
      operator: operatorOf(text),
      right: word === 'once' ? 1 : 2,
    });
    return '';
  });
}

/** `how many singers`, `the number of different cities`: a count to show. */
export function readCounts(draft: Draft): void {
  const counted = '(?:how many|number of|total number of|count of|count number of|count|amount of)';
  draft.sketch.take(
    sketchPattern(`${counted} (?:different|distinct|unique)(?: types of| kinds of)? {C}`),
    ([, column]) => {
      draft.query.select.push({
        kind: 'aggregate',
        function: 'count',
        column: columnAt(draft, column),
        distinct: true,
      });
      return '';
    },
  );
  draft.sketch.take(
    sketchPattern(
      `${counted} (?:different |distinct |unique )?(?:types of |kinds of |other )?(?:(?!of|for|in|by|from|does|do|did|are|is|times)[a-z]+ )?{T}`,
    ),
    ([, table]) => {
      draft.query.select.push({ kind: 'aggregate', function: 'count', column: null });
      draft.query.tables.push(tableAt(draft, table));
      return shownHere;
    },
  );
  draft.sketch.take(sketchPattern(`${counted} (?:types of |kinds of )?{C}`), ([match, index]) => {
    const column = columnAt(draft, index);
    if (isNumber(column)) draft.query.select.push({ kind: 'aggregate', function: 'sum', column });
    else
      draft.query.select.push({
        kind: 'aggregate',
        function: 'count',
        column,
        distinct: !/^count/.test(match),
      });
    return shownHere;
  });
  draft.sketch.take(sketchPattern(`(?:how many|number of) (?=<V)`), () => {
    draft.query.select.push({ kind: 'aggregate', function: 'count', column: null });
    return shownHere;
  });
  draft.sketch.take(
    sketchPattern(
      `(?:how many times|number of times|total number of|how many|how often|count|number of)(?: of)?(?: (?:them|it|times))?`,
    ),
    () => {
      if (draft.query.select.some(({ kind }) => kind === 'aggregate')) return null;
      draft.query.select.push({ kind: 'aggregate', function: 'count', column: null });
      return shownHere;
    },
  );
}
