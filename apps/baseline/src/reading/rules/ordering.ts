import { columnAt, tableAt, type Draft } from '../draft.js';
import { namingColumns } from '../../schema/defaults.js';
import { sketchPattern } from '../sketch.js';

const sorted = '(?:order(?:ed)?|sort(?:ed)?|rank(?:ed)?|list(?:ed)?|arranged?)';
const downward =
  /desc|decreas|highest to|largest to|most to|high to|oldest to|newest to|latest to|reverse|from (?:most|high|old|large|new)/;
const direction =
  '((?:in |from )?(?:descending|desc|decreasing|ascending|asc|increasing|reverse|alphabetical|alphabetic|lexicographic|lexicographical|chronological)(?: alphabetical| lexicographical)?(?: order)?|from \\w+ to \\w+|alphabetically)';

/** `ordered by age`, `in descending order of price`, `alphabetically`. */
export function readOrdering(draft: Draft): void {
  const add = (text: string, index: string | undefined) => {
    const column = index === undefined ? null : columnAt(draft, index);
    if (column) draft.query.order.push({ by: { kind: 'column', column }, descending: downward.test(text) });
    return '';
  };
  const byCount = (text: string, table: string | undefined) => {
    draft.query.tables.push(tableAt(draft, table));
    const by = { kind: 'aggregate' as const, function: 'count' as const, column: null };
    draft.aggregateOrder = { by, descending: downward.test(text), limit: null };
    return '';
  };
  const count = '(?:number|count) of {T}';
  draft.sketch.take(
    sketchPattern(
      `(?:and |, )?(?:${sorted}(?: them| results?)? (?:by|in|according to|based on) )?${direction} (?:of |by |on |for )*${count}(?: (?:they|it|that|each|has|have|<[TC]\\d+>))*`,
    ),
    ([, text = '', table]) => byCount(text, table),
  );
  draft.sketch.take(
    sketchPattern(
      `(?:and |, )?${sorted}(?: them| results?)? (?:by|according to|based on) ${count}(?: (?:they|it|has|have))*(?: ${direction})?`,
    ),
    ([, table, text = '']) => byCount(text, table),
  );
  const cue = `(?:(?:and |, )?(?:${sorted}(?: them| results?| list)?(?: by| in| from| according to| based on)?|by|in order of)) `;
  draft.sketch.take(
    sketchPattern(`(?:${cue})?${direction} (?:of |by |on |for |according to |based on )*{C}`),
    ([, text = '', index]) => add(text, index),
  );
  draft.sketch.take(
    sketchPattern(
      `(?:and |, )?(?:${sorted}(?: them| results?| list)?(?: by| according to| based on| in terms of| in order of)|in order of|in order by) {C}(?: (?:, )?${direction})?`,
    ),
    ([, index, text = '']) => add(text, index),
  );
  draft.sketch.take(sketchPattern(`(?:${cue})?(?:{C} )?(?:in |, )*${direction}`), ([, index, text = '']) => {
    if (index !== undefined) return `${add(text, index)}<C${index}>`;
    const [column] = draft.query.select
      .map((item) => (item.kind === 'column' ? item.column : null))
      .concat(draft.subject ? namingColumns(draft.subject) : []);
    if (column) draft.query.order.push({ by: { kind: 'column', column }, descending: downward.test(text) });
    return '';
  });
}
