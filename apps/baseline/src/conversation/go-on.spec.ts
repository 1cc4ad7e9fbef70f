import { describe, expect, it } from '@jest/globals';
import { shopPrompt } from '../testing/shop-prompt.js';
import { translate } from '../translate.js';

const values = [
  "cities.country = 'France'",
  "cities.country = 'Spain'",
  "orders.status = 'paid'",
  "orders.status = 'open'",
];

/** The first statement for each turn, each seeing those before it. */
function answers(questions: readonly string[]): (string | undefined)[] {
  const turns: { question: string; sql: string }[] = [];
  return questions.map((question) => {
    const [sql] = translate(shopPrompt(question, { values, turns }));
    turns.push({ question, sql: sql ?? '' });
    return sql;
  });
}

describe('a follow-up of the baseline', () => {
  it('replaces a value', () => {
    expect(answers(['How many orders are open?', 'What about paid ones?'])[1]).toBe(
      "SELECT count(*) FROM orders WHERE status = 'paid'",
    );
    expect(answers(['How many customers live in France?', 'And in Spain?'])[1]).toBe(
      "SELECT count(*) FROM customers JOIN cities ON customers.city_id = cities.id WHERE cities.country = 'Spain'",
    );
  });

  it('narrows, counts, shows otherwise and orders what was asked for', () => {
    const [, narrowed, counted] = answers([
      'List the names of cities in Spain',
      'Which of them have a population above 100000?',
      'How many of them?',
    ]);
    expect(narrowed).toBe("SELECT name FROM cities WHERE country = 'Spain' AND population > 100000");
    expect(counted).toBe("SELECT count(*) FROM cities WHERE country = 'Spain' AND population > 100000");
    const [, shown, ordered] = answers([
      'Which customers are older than 30?',
      'Show their ages.',
      'Sort them by age descending',
    ]);
    expect(shown).toBe('SELECT age FROM customers WHERE age > 30');
    expect(ordered).toBe('SELECT age FROM customers WHERE age > 30 ORDER BY age DESC');
  });

  it('keeps the groups', () => {
    const [, narrowed] = answers([
      'How many orders are there for each status?',
      'Only those with total price over 10',
    ]);
    expect(narrowed).toBe('SELECT count(*), status FROM orders WHERE total_price > 10 GROUP BY status');
  });

  it('falls back on the question by itself', () => {
    const readings = [
      ...translate(
        shopPrompt('How many orders are paid?', { values, turns: [{ question: 'List messages', sql: '' }] }),
      ),
    ];
    expect(readings[0]).toBe("SELECT count(*) FROM orders WHERE status = 'paid'");
  });
});
