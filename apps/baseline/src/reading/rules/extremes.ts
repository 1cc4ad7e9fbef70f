import { measuringAdjective } from '../../language/adjectives.js';
import type { Column } from '../../schema/model.js';
import { columnAt, isOrdered, mentionAt, tableAt, type Draft } from '../draft.js';
import { measuredColumn } from '../measure.js';
import { sketchPattern } from '../sketch.js';

const most =
  '(most|largest number of|highest number of|greatest number of|maximum number of|biggest number of|largest amount of|highest amount of|least|fewest|smallest number of|lowest number of|minimum number of|least number of|fewest number of|most number of)';
const isLeast = (text: string) => /^(?:least|fewest|smallest|lowest|minimum)/.test(text);

/** `the oldest`, `with the most orders`, `the 3 highest prices`, `most common`: an order and a limit. */
export function readExtremes(draft: Draft): void {
  readFrequencies(draft);
  readCountExtremes(draft);
  readColumnExtremes(draft);
  readAdjectives(draft);
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
      draft.countOrder = { descending: text === 'most', limit: limitAt(draft, number) };
      return index !== undefined && mentionAt(draft, index).kind === 'T' ? `<T${index}>` : '';
    },
  );
}

function readCountExtremes(draft: Draft): void {
  draft.sketch.take(
    sketchPattern(`(?:{N} )?${most} (?:total |different |distinct )?{T}`),
    ([, number, text = '', table]) => {
      draft.query.tables.push(tableAt(draft, table));
      draft.countOrder = { descending: !isLeast(text), limit: limitAt(draft, number) };
      return '';
    },
  );
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
    ([, number, adjective = '', table]) => {
      if (/^(?:more|later|older|longer|better|higher|lower)/.test(adjective)) return null;
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
