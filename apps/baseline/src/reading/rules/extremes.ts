import { measuringAdjective } from '../../language/adjectives.js';
import type { Column } from '../../schema/model.js';
import { columnAt, isNumber, isOrdered, mentionAt, tableAt, type Draft } from '../draft.js';
import type { Expression } from '../../sql/query.js';
import { measuredColumn } from '../measure.js';
import { sketchPattern } from '../sketch.js';

const most =
  '(most|largest number of|highest number of|greatest number of|maximum number of|biggest number of|largest amount of|highest amount of|least|fewest|smallest number of|lowest number of|minimum number of|least number of|fewest number of|most number of)';
const rows: Expression = { kind: 'aggregate', function: 'count', column: null };
const isLeast = (text: string) => /^(?:least|fewest|smallest|lowest|minimum)/.test(text);

/** `the oldest`, `with the most orders`, `the 3 highest prices`, `most common`: an order and a limit. */
export function readExtremes(draft: Draft): void {
  readColumnExtremes(draft);
  readAdjectives(draft);
  if (draft.query.limit === 1 || draft.aggregateOrder?.limit === 1) readLimit(draft);
}

/** `with the most orders`, `most common`: an order by the number of rows. */
export function readCountExtremes(draft: Draft): void {
  readAggregateExtremes(draft);
  readFrequencies(draft);
  readMostRows(draft);
  if (draft.aggregateOrder?.limit === 1) readLimit(draft);
}

/** `the three cities with …` */
function readLimit(draft: Draft): void {
  draft.sketch.take(sketchPattern('(?:top )?{N} {TC}'), ([, number, index]) => {
    const limit = mentionAt(draft, number).number ?? 1;
    if (draft.aggregateOrder) draft.aggregateOrder.limit = limit;
    else draft.query.limit = limit;
    return `<${mentionAt(draft, index).kind}${index}>`;
  });
}

function readFrequencies(draft: Draft): void {
  draft.sketch.take(
    sketchPattern(
      `(?:{N} )?(most|least) (?:common|frequent|frequently|commonly|popular|often)(?: used)?(?: {CT})?`,
    ),
    ([, number, text, index]) => {
      if (index !== undefined) {
        const mention = mentionAt(draft, index);
        if (mention.kind === 'C') {
          const column = columnAt(draft, index);
          draft.query.group.push(column);
          if (!draft.query.select.some((item) => item.kind === 'column' && item.column === column))
            draft.query.select.push({ kind: 'column', column });
        }
      }
      draft.aggregateOrder = { by: rows, descending: text === 'most', limit: limitAt(draft, number) };
      return index !== undefined && mentionAt(draft, index).kind === 'T' ? `<T${index}>` : '';
    },
  );
}

function readMostRows(draft: Draft): void {
  draft.sketch.take(
    sketchPattern('(?:{N} )?(most|least) (?:times|often|frequently|commonly)'),
    ([, number, text]) => {
      draft.aggregateOrder = { by: rows, descending: text === 'most', limit: limitAt(draft, number) };
      return '';
    },
  );
  draft.sketch.take(
    sketchPattern(`(?:{N} )?${most} (?:total |different |distinct )?{T}`),
    ([, number, text = '', table]) => {
      draft.query.tables.push(tableAt(draft, table));
      draft.aggregateOrder = { by: rows, descending: !isLeast(text), limit: limitAt(draft, number) };
      return '';
    },
  );
}

/** `with the highest total price`: by an aggregate over the rows of each group. */
function readAggregateExtremes(draft: Draft): void {
  const pattern =
    '(?:(?:with|has|have|had|having|by|of) )?(highest|largest|greatest|biggest|most|lowest|smallest|least) (total|average|mean|combined|overall|sum of)(?: amount of| value of| number of)? {C}';
  draft.sketch.take(sketchPattern(pattern), ([, text = '', name = '', index]) => {
    const column = columnAt(draft, index, isNumber);
    if (!isNumber(column) || draft.query.limit !== null) return null;
    draft.aggregateOrder = {
      by: { kind: 'aggregate', function: /average|mean/.test(name) ? 'avg' : 'sum', column },
      descending: !/lowest|smallest|least/.test(text),
      limit: 1,
    };
    return '';
  });
}

function readColumnExtremes(draft: Draft): void {
  const high =
    '(highest|largest|greatest|biggest|most|maximum|max|top|best|longest|latest|oldest|most recent|newest|last|lowest|smallest|least|fewest|minimum|min|shortest|earliest|youngest|first|worst|cheapest)';
  draft.sketch.take(
    sketchPattern(
      `(?:(?:top|with|has|have|had|having|by|of) )?(?:{N} )?${high} (?:number of |amount of |value of |total |in |(?:values? )?(?:for|of) )?{C}`,
    ),
    ([, number, text = '', index]) => {
      const column = columnAt(draft, index, isOrdered);
      if (!isOrdered(column) && !/date|time|year/i.test(column.name)) return null;
      addOrder(
        draft,
        column,
        !/^(?:lowest|smallest|least|fewest|minimum|min|shortest|earliest|youngest|first|worst|cheapest)$/.test(
          text,
        ),
        number,
      );
      return '';
    },
  );
}

function readAdjectives(draft: Draft): void {
  draft.sketch.take(
    sketchPattern(`(?:{N} )?${measuringAdjective}(?: {T})?`),
    ([, number, adjective = '', table], before) => {
      if (/ (?:on|at) $/.test(before) || /^(?:more|later|older|longer|better|higher|lower)/.test(adjective))
        return null;
      const found = measuredColumn(draft, adjective, table === undefined ? null : tableAt(draft, table));
      if (!found) return null;
      addOrder(draft, found.column, found.greatest, number);
      return table === undefined ? '' : `<T${table}>`;
    },
  );
}

function addOrder(draft: Draft, column: Column, descending: boolean, number: string | undefined): void {
  if (draft.query.limit !== null) return;
  draft.query.order.push({ by: { kind: 'column', column }, descending });
  draft.query.limit = limitAt(draft, number);
}

function limitAt(draft: Draft, number: string | undefined): number {
  return number === undefined ? 1 : (mentionAt(draft, number).number ?? 1);
}
