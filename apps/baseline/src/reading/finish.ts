import { keyColumn, namingColumns } from '../schema/defaults.js';
import type { Column, Table } from '../schema/model.js';
import { columnOf, columnsOf, type Expression, type Query } from '../sql/query.js';
import { settleAlternatives } from './alternatives.js';
import type { Draft } from './draft.js';

/** Turns what the rules collected into a whole query: groups, what to show by default, sets. Null when nothing was understood. */
export function finish(draft: Draft): Query | null {
  const { query } = draft;
  settleAlternatives(draft);
  groupByTables(draft);
  groupForCounts(draft);
  groupForPlainColumns(draft);
  showSomething(draft);
  if (query.select.length === 0) return null;
  orderByAggregate(query);
  query.select = withoutRepeats(query.select);
  return draft.both ? combine(draft, draft.both) : query;
}

function groupByTables(draft: Draft): void {
  const { query } = draft;
  for (const table of draft.groupTables) {
    if (!query.select.some((item) => item.kind === 'column' && item.column.table === table))
      query.select.push(...namingColumns(table).map((column): Expression => ({ kind: 'column', column })));
    query.group.push(keyColumn(table) ?? namingColumns(table)[0] ?? (table.columns[0] as Column));
  }
  if (
    !query.select.some(({ kind }) => kind === 'aggregate') &&
    !draft.aggregateOrder &&
    query.having.length === 0
  ) {
    if (query.group.length > 0 && draft.groupTables.length === 0 && query.select.length > 0)
      query.select.push(...query.group.map((column): Expression => ({ kind: 'column', column })));
    query.group = [];
    return;
  }
  for (const column of query.group) {
    if (draft.groupTables.includes(column.table)) continue;
    if (!query.select.some((item) => item.kind === 'column' && item.column === column))
      query.select.push({ kind: 'column', column });
  }
}

/** HAVING and an order by count need groups: the rows of the thing that is shown. */
function groupForCounts(draft: Draft): void {
  const { query, aggregateOrder } = draft;
  if (query.having.length === 0 && !aggregateOrder) return;
  if (query.group.length === 0) {
    const shown = query.select.flatMap((item) => (item.kind === 'column' ? [item.column] : []));
    const counted = (aggregateOrder && columnOf(aggregateOrder.by)?.table) ?? query.tables.at(-1);
    const own = shown.filter((column) => column.table !== counted);
    const [first] = own.length > 0 ? own : shown;
    const ofOthers = counted !== undefined && first?.table !== counted;
    const owner = first ? (ofOthers ? first.table : null) : draft.subject;
    const key = owner && keyColumn(owner);
    const group = key ?? first ?? (draft.subject && namingColumns(draft.subject)[0]);
    if (group) query.group.push(group);
  }
  if (aggregateOrder) {
    query.order.unshift({
      by: aggregateOrder.by,
      descending: aggregateOrder.descending,
    });
    query.limit ??= aggregateOrder.limit;
  }
}

function groupForPlainColumns({ query, subject }: Draft): void {
  const plain = query.select.flatMap((item) => (item.kind === 'column' ? [item.column] : []));
  if (
    plain.length === 0 ||
    query.group.length > 0 ||
    query.limit !== null ||
    !query.select.some(({ kind }) => kind === 'aggregate')
  )
    return;
  const key = plain
    .map((column) =>
      column.table === subject && query.tables.every((table) => table === subject)
        ? null
        : keyColumn(column.table),
    )
    .find((column) => column !== null);
  query.group.push(key ?? (plain[0] as Column));
}

function showSomething(draft: Draft): void {
  const { query, subject } = draft;
  if (query.select.length > 0) return;
  const candidates = [
    ...(subject ? [subject] : []),
    ...query.where.flatMap(columnsOf).map(({ table }) => table),
    ...query.order.flatMap(({ by }) => columnOf(by)?.table ?? []),
  ];
  const asked = askedColumn(draft, candidates);
  const [table] = candidates;
  const columns = asked ? [asked] : table ? namingColumns(table) : [];
  query.select.push(...columns.map((column): Expression => ({ kind: 'column', column })));
}

/** `when` asks for a date, `where` for a place. */
function askedColumn({ tokens }: Draft, tables: Table[]): Column | null {
  const first = tokens[0]?.lower;
  const names =
    first === 'when'
      ? /^(?:dat|year|tim|day)/
      : first === 'where'
        ? /^(?:locat|plac|city|address|country|venu|stat)/
        : null;
  if (!names) return null;
  return (
    tables
      .flatMap(({ columns }) => columns)
      .find(({ words, isKey }) => !isKey && words.some((word) => names.test(word))) ?? null
  );
}

/** In groups, an order by a plain column that is aggregated in the list means the aggregate. */
function orderByAggregate(query: Query): void {
  if (query.group.length === 0) return;
  for (const order of query.order) {
    const { by } = order;
    const shown = query.select.find(
      (item) => item.kind === 'aggregate' && by.kind === 'column' && item.column === by.column,
    );
    if (shown) order.by = shown;
  }
}

function withoutRepeats(select: Expression[]): Expression[] {
  const seen = new Set<string>();
  return select.filter((item) => {
    const column = columnOf(item);
    const key = `${item.kind} ${item.kind === 'aggregate' ? item.function : ''} ${column?.table.name}.${column?.name}`;
    return !seen.has(key) && seen.add(key);
  });
}

function combine({ query }: Draft, { operator, first, second }: NonNullable<Draft['both']>): Query {
  const other = { ...query, where: [...query.where, second], order: [], limit: null };
  return { ...query, where: [...query.where, first], combined: { operator, query: other } };
}
