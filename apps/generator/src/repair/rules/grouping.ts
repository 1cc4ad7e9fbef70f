import type { QueryBlock, Span } from '#shared/sql/query-block';
import { aggregateNames } from '#shared/sql/sql-words';
import { partsOf } from '../conditions.js';
import type { Edit, Mend, View } from '../mend.js';

/** Aggregates where none may stand: a condition on groups in WHERE, an order by groups that nothing makes. */
export function mendGrouping(view: View): Mend | null {
  for (const block of view.statement.blocks) {
    const mend = movedToHaving(block, view) ?? partedByOr(block, view) ?? groupedByItems(block, view);
    if (mend) return mend;
  }
  return null;
}

function movedToHaving(block: QueryBlock, view: View): Mend | null {
  const { where, group, having } = block;
  const parts = where && hasAggregate(block, 'where') && partsOf(view.statement.tokens, where, 'AND');
  const grouping = group ? '' : groupBy(block, view);
  if (!parts || grouping === null) return null;
  const text = ({ start, end }: Span) => view.sql.slice(start, end).trim();
  const kept = parts.filter((part) => !isOfGroups(part, block)).map(text);
  const moved = parts.filter((part) => isOfGroups(part, block)).map(text);
  const edits: Edit[] = [
    kept.length > 0
      ? { ...where, text: kept.join(' AND ') }
      : { start: block.fromEnd, end: where.end, text: '' },
  ];
  const at = (having ?? group ?? where).end;
  const condition = moved.join(' AND ');
  edits.push({ start: at, end: at, text: having ? ` AND ${condition}` : `${grouping} HAVING ${condition}` });
  return { kind: 'grouping', edits };
}

/** `WHERE a OR count(*) > 2`: the rows with the one, and the groups with the other. */
function partedByOr(block: QueryBlock, view: View): Mend | null {
  const { where, group, having, order, limit, start } = block;
  if (!where || !hasAggregate(block, 'where') || group || having || order || limit) return null;
  const parts = partsOf(view.statement.tokens, where, 'OR');
  const ofGroups = parts?.find((part) => isOfGroups(part, block));
  const ofRows = parts?.find((part) => !isOfGroups(part, block));
  const grouping = groupBy(block, view);
  if (parts?.length !== 2 || !ofGroups || !ofRows || grouping === null) return null;
  const text = ({ start, end }: Span) => view.sql.slice(start, end).trim();
  const head = view.sql.slice(start, block.fromEnd);
  const parted = `${text(ofRows)} UNION ${head}${grouping} HAVING ${text(ofGroups)}`;
  return { kind: 'grouping', edits: [{ ...where, text: parted }] };
}

function isOfGroups(part: Span, { calls }: QueryBlock): boolean {
  return calls.some(
    ({ name, clause, start }) =>
      clause === 'where' && aggregateNames.has(name) && start >= part.start && start < part.end,
  );
}

function groupedByItems(block: QueryBlock, view: View): Mend | null {
  if (block.group || !(hasAggregate(block, 'order') || block.having) || hasAggregate(block, 'select'))
    return null;
  const text = groupBy(block, view);
  const at = block.where?.end ?? block.fromEnd;
  return text === null ? null : { kind: 'grouping', edits: [{ start: at, end: at, text }] };
}

/** By the columns that are selected, where all others are aggregates. */
function groupBy(block: QueryBlock, view: View): string | null {
  const columns = block.items.filter(({ column }) => column);
  const isPlain = block.items.every(({ column, start, end }) =>
    column
      ? true
      : block.calls.some(({ name, start: at }) => aggregateNames.has(name) && at >= start && at < end),
  );
  if (columns.length === 0 || !isPlain) return null;
  return ` GROUP BY ${columns.map(({ start, end }) => view.sql.slice(start, end)).join(', ')}`;
}

function hasAggregate(block: QueryBlock, clause: 'select' | 'where' | 'order'): boolean {
  return block.calls.some((call) => call.clause === clause && aggregateNames.has(call.name));
}
