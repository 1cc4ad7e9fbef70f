import { columnAt, mentionAt, tableAt, type Draft } from '../draft.js';
import { sketchPattern } from '../sketch.js';

/** `number of students for the cities`: once the count has been taken out. */
export function readLateGrouping(draft: Draft): void {
  draft.sketch.take(
    sketchPattern('# (?:for|of|in|by|from|across|among) {C}(?: and {C})?(?= [?.]|$)'),
    ([, ...indexes]) => {
      const shown = draft.query.select.at(-1);
      if (shown?.kind !== 'aggregate' || shown.function !== 'count') return null;
      for (const index of indexes as (string | undefined)[])
        if (index !== undefined) draft.query.group.push(columnAt(draft, index));
      return ' # ';
    },
  );
}

/** `for each country`, `per customer`, `does each department have`. */
export function readGrouping(draft: Draft): void {
  const add = (index: string | undefined) => {
    if (mentionAt(draft, index).kind === 'T') draft.groupTables.push(tableAt(draft, index));
    else draft.query.group.push(columnAt(draft, index));
    return ' , ';
  };
  draft.sketch.take(
    sketchPattern(
      '(?:(?:for|of|in|by|per|from|at|on|to|with|does|do|did|has|have|is|are) )*(?:each|every|per)(?: of| different| distinct| possible| single| individual)* {CT}',
    ),
    ([, index]) => add(index),
  );
  draft.sketch.take(sketchPattern('(?:group|grouped|broken down|aggregated) by {CT}'), ([, index]) =>
    add(index),
  );
  draft.sketch.take(
    sketchPattern('(?:for|of|in|by|from|across|among) (?:different|distinct|various) {CT}'),
    ([, index]) => (draft.query.select.length > 0 ? add(index) : null),
  );
  draft.sketch.take(sketchPattern('by {C}'), ([, index]) =>
    draft.query.select.some(({ kind }) => kind === 'aggregate') ? add(index) : null,
  );
}
