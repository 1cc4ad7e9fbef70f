import { describe, expect, it } from '@jest/globals';
import type { Context } from '#shared/contracts/context';
import { buildPrompt } from './prompt.js';

const table = (name: string): Context['tables'][number] => ({
  name,
  card: `table ${name}\n  id INTEGER`,
  via: 'match',
  score: 1,
});

function userMessage(question: string, context: Partial<Context>): string {
  const whole: Context = {
    dialect: 'sqlite',
    fingerprint: '',
    tables: [table('orders'), table('customers')],
    joinPaths: ['orders.customer_id = customers.id'],
    values: [],
    examples: [],
    ...context,
  };
  return String(buildPrompt(question, whole, [])[1]?.content);
}

describe('the prompt', () => {
  it('has its stable parts first and what the question brought after them', () => {
    expect(
      userMessage('Who churned\nin Rome?', {
        terms: [{ term: 'churn', definition: 'left in\na month' }],
        values: [{ table: 'customers', column: 'home town', value: "Rome'" }],
        examples: [{ question: 'Who left?', sql: 'SELECT 1' }],
      }),
    ).toBe(
      [
        'Dialect: SQLite',
        'Tables:\ntable customers\n  id INTEGER\n\ntable orders\n  id INTEGER',
        'Joins:\norders.customer_id = customers.id',
        'Terms:\nchurn: left in a month',
        'Most relevant tables:\norders\ncustomers',
        "Values:\ncustomers.\"home town\" = 'Rome'''",
        'Examples:\nQuestion: Who left?\nSQL: SELECT 1',
        'Question: Who churned in Rome?',
      ].join('\n\n'),
    );
  });

  it('shares its prefix among questions that rank the same tables otherwise', () => {
    const one = userMessage('a', {});
    const other = userMessage('b', { tables: [table('customers'), table('orders')] });
    const until = (text: string) => text.slice(0, text.indexOf('Most relevant'));
    expect(until(one)).toBe(until(other));
    expect(one).not.toBe(other);
  });
});
