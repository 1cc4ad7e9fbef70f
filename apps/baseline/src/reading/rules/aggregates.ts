import type { Aggregate } from '../../sql/query.js';
import { columnAt, isNumber, type Draft } from '../draft.js';
import { sketchPattern } from '../sketch.js';

const names: [string, Aggregate][] = [
  ['average|mean|avg', 'avg'],
  ['total|sum|combined|overall', 'sum'],
  ['minimum|min|lowest|smallest|least|shortest|cheapest|earliest', 'min'],
  ['maximum|max|highest|largest|greatest|biggest|longest|most|latest', 'max'],
];
const anyName = names.map(([text]) => text).join('|');

/** `the average and maximum age`: aggregates to show. */
export function readAggregates(draft: Draft): void {
  const list = `((?:${anyName})(?:(?: ,)?(?: and| as well as| ,)? (?:${anyName}))*)`;
  draft.sketch.take(
    sketchPattern(
      `(?:(with|has|have|had|having|by|whose|of) )?${list} (?:value |values |number |amount )?(?:of )?(?:(?:different|distinct) )?{C}`,
    ),
    ([match, cue, found = '', index]) => {
      const functions = found
        .split(/ and | , | as well as |\s/)
        .flatMap((name) => functionOf(name.trim()) ?? []);
      const column = columnAt(draft, index, isNumber);
      const extreme = functions.every((name) => name === 'max' || name === 'min');
      if (
        functions.length === 1 &&
        extreme &&
        (cue !== undefined || draft.query.select.length > 0) &&
        !/ (?:and|each) $/.test(before(draft, match))
      )
        return null;
      if (functions.some((name) => name === 'avg' || name === 'sum') && !isNumber(column)) return null;
      for (const name of functions) draft.query.select.push({ kind: 'aggregate', function: name, column });
      return ' of ';
    },
  );
}

function before(draft: Draft, match: string): string {
  const at = draft.sketch.text.indexOf(match);
  return draft.sketch.text.slice(Math.max(0, at - 8), at);
}

function functionOf(name: string): Aggregate | undefined {
  return names.find(([text]) => new RegExp(`^(?:${text})$`).test(name))?.[1];
}
