import type { Aggregate } from '../../sql/query.js';
import { columnAt, isNumber, mentionAt, shownHere, type Draft } from '../draft.js';
import { sketchPattern } from '../sketch.js';

const names: [string, Aggregate][] = [
  ['average|mean|avg', 'avg'],
  ['total|sum|combined|overall', 'sum'],
  ['minimum|min|lowest|smallest|least|shortest|cheapest|earliest', 'min'],
  ['maximum|max|highest|largest|greatest|biggest|longest|most|latest', 'max'],
];
const anyName = names.map(([text]) => text).join('|');
/** Before these, `highest price` is shown; elsewhere it tells which row is meant. */
const shows =
  /(?:^|[.?;,] | and | or )(?:(?:what|which|find|show|list|give|return|tell|me|is|are|was|were|and|calculate|compute|report|us|display|with) )*$/;

/** `the average and maximum age`: aggregates to show. */
export function readAggregates(draft: Draft): void {
  const list = `((?:${anyName})(?:(?: ,)?(?: and| as well as| ,)? (?:${anyName}))*)`;
  draft.sketch.take(
    sketchPattern(
      `${list} (?:value |values |number |amount )?(?:of )?(?:(?:different|distinct) )?{C}((?: ,)?(?: and)? {C})?`,
    ),
    ([, found = '', index, rest = '', second], before) => {
      const functions = found
        .split(/ and | , | as well as |\s/)
        .flatMap((name) => functionOf(name.trim()) ?? []);
      const column = columnAt(draft, index, isNumber);
      const extreme = functions.every((name) => name === 'max' || name === 'min');
      if (functions.length === 1 && extreme && !shows.test(before.trimStart())) return null;
      if (!extreme && !isNumber(column)) return null;
      const columns = [column];
      let left = rest;
      if (second !== undefined && isAnotherMeasure(draft, index, second) && functions.length === 1) {
        columns.push(columnAt(draft, second, isNumber));
        left = '';
      }
      for (const name of functions)
        for (const column of columns) draft.query.select.push({ kind: 'aggregate', function: name, column });
      return `${shownHere}${left}`;
    },
  );
}

function isAnotherMeasure(draft: Draft, first: string | undefined, second: string): boolean {
  const [a, b] = [columnAt(draft, first, isNumber), columnAt(draft, second, isNumber)];
  return isNumber(b) && a.table === b.table && mentionAt(draft, second).kind === 'C';
}

function functionOf(name: string): Aggregate | undefined {
  return names.find(([text]) => new RegExp(`^(?:${text})$`).test(name))?.[1];
}
