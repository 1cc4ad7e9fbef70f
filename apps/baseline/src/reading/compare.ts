import type { Column } from '../schema/model.js';
import type { Literal, Operator } from '../sql/query.js';
import { mentionAt, type Draft } from './draft.js';

/** Adds a comparison of a column with a number, cell or date of the question. */
export function addComparison(
  draft: Draft,
  column: Column,
  operator: Operator,
  index: string | undefined,
): '' {
  const { kind, number } = mentionAt(draft, index);
  if (kind === 'N' && number !== undefined && isYearNumber(number) && holdsDates(column))
    addYear(draft, column, operator, number);
  else add(draft, column, operator, literalAt(draft, index));
  return '';
}

export function literalAt(draft: Draft, index: string | undefined): Literal {
  const mention = mentionAt(draft, index);
  return mention.number ?? mention.values[0]?.value ?? mention.text;
}

/** Whether a number or date can only be a point in time. */
export function isTime(draft: Draft, index: string | undefined): boolean {
  const { text, number } = mentionAt(draft, index);
  return (number !== undefined && isYearNumber(number)) || /^\d{4}-\d\d-\d\d/.test(text);
}

function isYearNumber(number: number): boolean {
  return Number.isInteger(number) && number >= 1500 && number < 2100;
}

function holdsDates({ kind, words, samples }: Column): boolean {
  if (kind === 'number' || words.includes('year')) return false;
  return (
    kind === 'date' ||
    samples.some((sample) => /^\d{4}-\d\d/.test(sample)) ||
    words.some((word) => word.startsWith('dat'))
  );
}

/** A year as dates: SQLite keeps dates as text, where a prefix finds them in more notations than a range does. */
function addYear(draft: Draft, column: Column, operator: Operator, year: number): void {
  const [first, next] = [`${year}-01-01`, `${year + 1}-01-01`];
  const prefix = draft.schema.dialect === 'sqlite' || column.kind === 'text';
  switch (operator) {
    case '=':
    case 'LIKE':
      if (prefix) return add(draft, column, 'LIKE', `${year}%`);
      add(draft, column, '>=', first);
      return add(draft, column, '<', next);
    case '!=':
    case 'NOT LIKE':
      return add(draft, column, 'NOT LIKE', `${year}%`);
    case '>':
      return add(draft, column, '>=', next);
    case '>=':
      return add(draft, column, '>=', first);
    case '<':
      return add(draft, column, '<', first);
    case '<=':
      return add(draft, column, '<', next);
  }
}

function add(draft: Draft, column: Column, operator: Operator, right: Literal): void {
  draft.query.where.push({ kind: 'compare', left: { kind: 'column', column }, operator, right });
}
