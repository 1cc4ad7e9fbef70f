import type { Token } from '../language/tokenise.js';
import type { Mention } from '../linking/mention.js';
import type { Column, Schema, Table } from '../schema/model.js';
import { emptyQuery, type Condition, type Expression, type Query } from '../sql/query.js';
import { Sketch } from './sketch.js';

/** A reading in the making: what the rules have understood so far, and what of the question is left. */
export interface Draft {
  readonly schema: Schema;
  readonly tokens: Token[];
  readonly mentions: Mention[];
  readonly sketch: Sketch;
  readonly query: Query;
  /** What the question is about: the first table it names. */
  readonly subject: Table | null;
  /** Tables whose rows are grouped (`for each …`), by their key. */
  readonly groupTables: Table[];
  /** Orders groups by what they hold, once the groups are known. */
  aggregateOrder: { by: Expression; descending: boolean; limit: number | null } | null;
  /** The question with one condition, and with (or without) the other: a set of each. */
  both: { operator: 'INTERSECT' | 'EXCEPT'; first: Condition; second: Condition } | null;
}

/** Left in the sketch where something to show has been taken out. */
export const shownHere = '#';

export function newDraft(schema: Schema, tokens: Token[], mentions: Mention[]): Draft {
  return {
    schema,
    tokens,
    mentions,
    sketch: new Sketch(tokens, mentions),
    query: emptyQuery(),
    subject: mentions.find(({ kind }) => kind === 'T')?.tables[0]?.table ?? null,
    groupTables: [],
    aggregateOrder: null,
    both: null,
  };
}

export function mentionAt(draft: Draft, index: string | undefined): Mention {
  const mention = draft.mentions[Number(index)];
  if (!mention) throw new Error(`the sketch has no mention ${index}`);
  return mention;
}

export function tableAt(draft: Draft, index: string | undefined): Table {
  const [best] = mentionAt(draft, index).tables;
  if (!best) throw new Error(`mention ${index} is no table`);
  return best.table;
}

/** The best column of a mention, or the best among those close to it that suit. */
export function columnAt(
  draft: Draft,
  index: string | undefined,
  suits: (column: Column) => boolean = () => true,
): Column {
  const { columns } = mentionAt(draft, index);
  const [best] = columns;
  if (!best) throw new Error(`mention ${index} is no column`);
  return (
    columns.find(({ column, score }) => score > best.score - 0.45 && suits(column))?.column ?? best.column
  );
}

export const isNumber = (column: Column) => column.kind === 'number' && !column.isKey;
export const isOrdered = (column: Column) => isNumber(column) || column.kind === 'date';
