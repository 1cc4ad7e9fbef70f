import type { ColumnReference, QueryBlock } from '#shared/sql/query-block';
import { writtenSource } from '../added-joins.js';
import { type Hop, hopBetween } from '../join-path.js';
import { type Mend, only, type View } from '../mend.js';
import { writtenName } from '../written-name.js';
import { tablesOf } from '../tables-of.js';

/** `x IN (SELECT y FROM t …)` where there is no x or no y: the columns of the only key between the two tables are meant. */
export function mendMembership(reference: ColumnReference, block: QueryBlock, view: View): Mend | null {
  const { tokens } = view.statement;
  let next = tokens.indexOf(reference.name) + 1;
  if (tokens[next]?.value === 'NOT') next += 1;
  if (tokens[next]?.value !== 'IN' || tokens[next + 1]?.value !== '(') return null;
  const start = tokens[next + 2]?.start;
  const inner = view.statement.blocks.find((each) => each.start === start);
  const item = inner?.items.length === 1 ? inner.items[0] : undefined;
  const to = inner && only(tablesOf(inner, view));
  if (!inner || !item?.column || !to || inner.sources.length !== 1) return null;
  const ways = block.sources.flatMap((source) => {
    const from = view.resolver.tableOf(source, block);
    const hop: Hop | null = from && from !== to ? hopBetween(view.schema, from, to) : null;
    const pair = hop && only(hop.pairs);
    return pair ? [{ source, pair }] : [];
  });
  const way = only(ways);
  if (!way) return null;
  const { dialect } = view.schema.rules;
  const [own, other] = way.pair.map((name) => writtenName(name, dialect));
  const prefix = reference.qualifier || block.sources.length > 1 ? `${writtenSource(way.source)}.` : '';
  const { name } = item.column;
  return {
    kind: 'join_condition',
    edits: [
      {
        start: (reference.qualifier ?? reference.name).start,
        end: reference.name.end,
        text: `${prefix}${own ?? ''}`,
      },
      { start: name.start, end: name.end, text: other ?? '' },
    ],
  };
}
