import { keyColumn } from '../../schema/defaults.js';
import { shortestPath } from '../../schema/joins.js';
import { emptyQuery } from '../../sql/query.js';
import { mentionAt, tableAt, type Draft } from '../draft.js';
import { sketchPattern } from '../sketch.js';

const never =
  '(?:(?:do|does|did|have|has|had|are|is|were|was) (?:not|no)|never|without|with no|have no|has no|not|no)';

/** `customers without orders`, `who have not visited any museum`: NOT IN over the rows that have some. */
export function readExclusions(draft: Draft): void {
  const { subject } = draft;
  if (!subject) return;
  draft.sketch.take(
    sketchPattern(`(?:(?:that|who|which|whose) )?${never}(?: (?!and|or|but)[a-z]+){0,4} {T}`),
    ([, index]) => {
      const table = tableAt(draft, index);
      if (table === subject) return null;
      const path = shortestPath(draft.schema, new Set([subject]), new Set([table]));
      const [step] = path ?? [];
      if (!path || !step) return null;
      const [own, other] =
        step.link.from.table === subject ? [step.link.from, step.link.to] : [step.link.to, step.link.from];
      const rest = draft.sketch.text.slice(draft.sketch.text.indexOf(`<T${index}>`));
      const excluded = {
        ...emptyQuery(),
        select: [{ kind: 'column' as const, column: other }],
        tables: path.map(({ table }) => table),
      };
      for (const [marker, value] of rest.matchAll(/<V(\d+)>/g)) {
        const [hit] = mentionAt(draft, value).values;
        if (!hit) continue;
        excluded.where.push({
          kind: 'compare',
          left: { kind: 'column', column: hit.column },
          operator: '=',
          right: hit.value,
        });
        draft.sketch.text = draft.sketch.text.replace(marker, '');
      }
      const left = own === keyColumn(subject) || own.table === subject ? own : null;
      if (!left) return null;
      draft.query.where.push({ kind: 'in', left, negated: true, query: excluded });
      return '';
    },
  );
}
