import type { Operator } from '../sql/query.js';

/** Phrases that compare, longest first; each is a pattern over a sketch, where articles are gone. */
const phrases: [string, Operator][] = [
  [
    'no less than|not less than|no fewer than|not fewer than|at least|minimum of|greater than or equal to|more than or equal to|equal to or greater than|equal or greater than|no earlier than|starting from',
    '>=',
  ],
  [
    'no more than|not more than|no greater than|at most|up to|maximum of|less than or equal to|equal to or less than|equal or less than|smaller than or equal to|lower than or equal to|no later than',
    '<=',
  ],
  [
    'more than|greater than|larger than|bigger than|higher than|over|above|exceeds?|exceeding|longer than|older than|heavier than|taller than|later than|after|in excess of|better than|faster than|deeper than|wider than|further than|bigger|above than',
    '>',
  ],
  [
    'less than|fewer than|below|under|smaller than|lower than|shorter than|younger than|lighter than|earlier than|before|cheaper than|slower than|worse than|prior to',
    '<',
  ],
  ['exactly|equal to|equals|=', '='],
  ['since', '>='],
  ['until', '<='],
];

export const comparison = `(${phrases.map(([text]) => text).join('|')})`;

export function operatorOf(text: string): Operator {
  const found = phrases.find(([phrase]) => new RegExp(`^(?:${phrase})$`).test(text.trim()));
  return found?.[1] ?? '=';
}

const opposites: Record<Operator, Operator> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  LIKE: 'NOT LIKE',
  'NOT LIKE': 'LIKE',
};

export function opposite(operator: Operator): Operator {
  return opposites[operator];
}
