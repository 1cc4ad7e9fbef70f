import { comparison, operatorOf, opposite } from '../../language/comparatives.js';
import { measuringAdjective } from '../../language/adjectives.js';
import type { Column } from '../../schema/model.js';
import type { Aggregate, Operator } from '../../sql/query.js';
import { emptyQuery } from '../../sql/query.js';
import { columnAt, isNumber, isOrdered, mentionAt, type Draft } from '../draft.js';
import { addComparison, isTime, literalAt } from '../compare.js';
import { likelyTables, measuredColumn } from '../measure.js';
import { sketchPattern } from '../sketch.js';

const fillers =
  '(?:that|which|is|are|was|were|be|being|of|has|have|had|value|values|it|they|costs?|in|amount|years?|old|score|set)';
const units =
  '(?:dollars?|usd|years?|old|percent|%|points?|minutes?|hours?|seconds?|miles?|meters?|kg|people|times)';

/** `age above 20`, `more than 3 seats`, `between 1 and 5`, `older than 30`, `after 2010`, `above the average`. */
export function readComparisons(draft: Draft): void {
  readAverages(draft);
  readRanges(draft);
  readNumbers(draft);
  readMeasures(draft);
  readYears(draft);
}

function readAverages(draft: Draft): void {
  const aggregate = '(average|mean|minimum|maximum|lowest|highest)';
  draft.sketch.take(
    sketchPattern(
      `(?:{CT} )?(?:${fillers} )*${comparison} (?:overall |value of |that of )?${aggregate}(?: (?:value |number )?(?:of )?{C})?(?: (?:of|for|among|in|across) {T})?`,
    ),
    ([, before, compare = '', name = '', after]) => {
      const index = after ?? before;
      if (index === undefined || mentionAt(draft, index).columns.length === 0) return null;
      const column = columnAt(draft, index, isNumber);
      compareToAggregate(draft, column, operatorOf(compare), aggregateOf(name));
      return before !== undefined && mentionAt(draft, before).columns[0]?.column !== column
        ? `<${mentionAt(draft, before).kind}${before}>`
        : '';
    },
  );
  draft.sketch.take(
    sketchPattern(`${measuringAdjective} than (?:overall )?${aggregate}(?: {CT})?`),
    ([, adjective = '', name = '', index]) => {
      const mentioned = index !== undefined && mentionAt(draft, index).columns[0];
      const found = mentioned
        ? { column: mentioned.column, greatest: !/less|low|young|short|small|cheap/.test(adjective) }
        : measuredColumn(draft, adjective, null);
      if (!found) return null;
      compareToAggregate(draft, found.column, found.greatest ? '>' : '<', aggregateOf(name));
      return '';
    },
  );
}

function aggregateOf(name: string): Aggregate {
  if (name === 'minimum' || name === 'lowest') return 'min';
  return name === 'maximum' || name === 'highest' ? 'max' : 'avg';
}

function compareToAggregate(draft: Draft, column: Column, operator: Operator, name: Aggregate): void {
  const right = { ...emptyQuery(), select: [{ kind: 'aggregate' as const, function: name, column }] };
  draft.query.where.push({ kind: 'compare', left: { kind: 'column', column }, operator, right });
}

function readRanges(draft: Draft): void {
  const range = '(?:between|from) {NQ} (?:and|to) {NQ}';
  const between = (column: Column, low: string | undefined, high: string | undefined) => {
    draft.query.where.push({
      kind: 'between',
      left: column,
      low: literalAt(draft, low),
      high: literalAt(draft, high),
    });
    return '';
  };
  draft.sketch.take(sketchPattern(`{C} (?:${fillers} |in range )*${range}`), ([, column, low, high]) =>
    between(columnAt(draft, column, isOrdered), low, high),
  );
  draft.sketch.take(sketchPattern(`${range} {C}`), ([, low, high, column]) =>
    between(columnAt(draft, column, isOrdered), low, high),
  );
  draft.sketch.take(sketchPattern(range), ([, low, high]) => {
    const column = isTime(draft, low) ? dateColumn(draft, low) : null;
    return column ? between(column, low, high) : null;
  });
}

function readNumbers(draft: Draft): void {
  const compare = (column: Column, operator: Operator, index: string | undefined) =>
    addComparison(draft, column, operator, index);
  const direction = (text: string): Operator =>
    /^(?:less|fewer|below|lower|under|younger|shorter|earlier|before|smaller)/.test(text) ? '<=' : '>=';
  const orMore =
    'or (more|above|greater|higher|older|later|larger|over|longer|after|less|fewer|below|lower|under|younger|shorter|earlier|before|smaller)';
  draft.sketch.take(
    sketchPattern(`{C} (?:${fillers} )*(not )?${comparison} {NQ}(?: ${units})?`),
    ([, column, not, text = '', number]) => {
      const operator = operatorOf(text);
      return compare(columnAt(draft, column, isOrdered), not ? opposite(operator) : operator, number);
    },
  );
  draft.sketch.take(
    sketchPattern(`{C} (?:${fillers} )*{NQ} (?:${units} )?${orMore}`),
    ([, column, number, text = '']) => compare(columnAt(draft, column, isOrdered), direction(text), number),
  );
  draft.sketch.take(sketchPattern(`${comparison} {NQ} {C}`), ([, text = '', number, column]) => {
    const found = columnAt(draft, column, isOrdered);
    return isOrdered(found) ? compare(found, operatorOf(text), number) : null;
  });
  draft.sketch.take(sketchPattern(`${comparison} {C} {NQ}`), ([, text = '', column, index]) => {
    if (mentionAt(draft, index).kind === 'Q' && !isTime(draft, index)) return null;
    return compare(columnAt(draft, column, isOrdered), operatorOf(text), index);
  });
  draft.sketch.take(sketchPattern(`{N} ${orMore} {C}`), ([, number, text = '', column]) => {
    const found = columnAt(draft, column, isOrdered);
    return isOrdered(found) ? compare(found, direction(text), number) : null;
  });
}

/** The column is not named; the adjective or verb tells it. */
function readMeasures(draft: Draft): void {
  draft.sketch.take(
    sketchPattern(`${measuringAdjective} than {N}(?: ${units})*`),
    ([, adjective = '', number]) => {
      const found = measuredColumn(draft, adjective, null);
      return found && addComparison(draft, found.column, found.greatest ? '>' : '<', number);
    },
  );
  draft.sketch.take(
    sketchPattern(`(?:costs?|costing|priced|worth) (?:at )?${comparison} {N}(?: ${units})*`),
    ([, text = '', number]) => {
      const found = measuredColumn(draft, 'most expensive', null);
      return found && addComparison(draft, found.column, operatorOf(text), number);
    },
  );
  draft.sketch.take(sketchPattern(`{N} years old(?: or (older|younger))?`), ([, number, side]) => {
    const found = measuredColumn(draft, 'oldest', null);
    return (
      found &&
      addComparison(draft, found.column, side === 'older' ? '>=' : side === 'younger' ? '<=' : '=', number)
    );
  });
}

function readYears(draft: Draft): void {
  const cues = `(after|before|since|until|prior to|later than|earlier than|in|during|on|from|of|for)(?: year| date| end of)*`;
  draft.sketch.take(sketchPattern(`${cues} {NQ}`), ([, cue = '', index]) => {
    if (!isTime(draft, index)) return null;
    const column = dateColumn(draft, index);
    if (!column) return null;
    const operator = /^(?:in|during|on|from|of|for)$/.test(cue) ? '=' : operatorOf(cue);
    return addComparison(draft, column, operator, index);
  });
}

/** The year or date that a number without a name means: of what was named last before it. */
function dateColumn(draft: Draft, index: string | undefined): Column | null {
  const said = draft.mentions
    .slice(0, Number(index))
    .flatMap(({ kind, tables, values }) =>
      kind === 'T' ? (tables[0]?.table ?? []) : (values[0]?.column.table ?? []),
    );
  const tables = [...new Set([...said.reverse(), ...likelyTables(draft, null)])];
  const tests: ((column: Column) => boolean)[] = [
    ({ words }) => words.includes('year'),
    ({ kind, words }) => kind === 'date' && !words.includes('birth'),
    ({ words }) => words.some((word) => /^(?:dat|tim|found)/.test(word)),
  ];
  for (const table of tables)
    for (const test of tests) {
      const column = table.columns.find(test);
      if (column) return column;
    }
  return null;
}
