import { distance, shortestPath } from '../../schema/joins.js';
import type { Table } from '../../schema/model.js';
import { emptyQuery } from '../../sql/query.js';
import { mentionAt, tableAt, type Draft } from '../draft.js';
import { Sketch, sketchPattern } from '../sketch.js';
import { readComparisons } from './comparisons.js';
import { readValues } from './values.js';

const never =
  '(?:(?:do|does|did|have|has|had|are|is|were|was) (?:not|no|never)|never|without|with no|have no|has no|had no|not|no)';

/** `customers without orders`, `who have never visited a museum in Rome`: NOT IN over the rows that have some. */
export function readExclusions(draft: Draft): void {
  const { subject } = draft;
  if (!subject) return;
  const phrase = sketchPattern(
    `(?:(?:that|who|which|whose) )?${never}((?: (?!and|or|but|more|less|equal)[a-z]+){0,4} {TV}[^.?;,]*)`,
  );
  draft.sketch.take(phrase, ([, phrase = '', index]) => {
    const table = excludedTable(draft, index, subject);
    return table && exclude(draft, subject, table, phrase) ? '' : null;
  });
}

function excludedTable(draft: Draft, index: string | undefined, subject: Table): Table | null {
  const mention = mentionAt(draft, index);
  const table = mention.kind === 'T' ? tableAt(draft, index) : mention.values[0]?.column.table;
  if (!table || table === subject) return null;
  // A cell one reference away describes the subject itself: `not in Berlin`.
  const describes = draft.schema.links.some(({ from, to }) => from.table === subject && to.table === table);
  return mention.kind === 'V' && describes && distance(draft.schema, subject, table) === 1 ? null : table;
}

function exclude(draft: Draft, subject: Table, table: Table, phrase: string): boolean {
  const path = shortestPath(draft.schema, new Set([subject]), new Set([table]));
  const [step] = path ?? [];
  if (!path || !step) return false;
  const { from, to } = step.link;
  const [own, other] = from.table === subject ? [from, to] : [to, from];
  const inner: Draft = { ...draft, query: emptyQuery(), subject: table, sketch: new Sketch([], []) };
  inner.sketch.text = ` ${phrase.trim()} `;
  readComparisons(inner);
  readValues(inner);
  const query = {
    ...inner.query,
    select: [{ kind: 'column' as const, column: other }],
    tables: path.map((step) => step.table),
  };
  draft.query.where.push({ kind: 'in', left: own, negated: true, query });
  return true;
}
