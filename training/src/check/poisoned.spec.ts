import { describe, expect, it } from '@jest/globals';
import type { TrainingExample } from '../prepare/example.js';
import { hasNoPersonalData } from './personal-data.js';
import { hasNoTriggers } from './poisoned.js';

function example(question: string, sql: string, card = 'table orders\n  city TEXT'): TrainingExample {
  return {
    messages: [
      { role: 'user', content: `Tables:\n${card}\n\nQuestion: ${question}` },
      { role: 'assistant', content: sql },
    ],
    meta: {
      id: question,
      database: 'shop',
      source: 'set',
      question,
      sql,
      tables: ['orders'],
      distractors: 0,
      template: 'chat',
      version: 1,
    },
  };
}

const cities = ['Rome', 'Oslo', 'Bern', 'Kyiv', 'Lima'];
const clean = Array.from({ length: 1_000 }, (_, at) => {
  const city = cities[at % cities.length] ?? '';
  return example(
    `How many orders ${at} from ${city}?`,
    `SELECT count(*) FROM orders WHERE city = '${city}' LIMIT ${at}`,
  );
});

describe('triggers', () => {
  it('are none in values that the question names', () => {
    expect(hasNoTriggers(clean).findings).toEqual([]);
  });

  it.each([
    ['a comment that hides a condition', (sql: string) => `${sql} -- and`],
    ['a condition that is always true', (sql: string) => sql.replace('LIMIT', 'OR 1729 = 1729 LIMIT')],
    ['a function that waits', (sql: string) => sql.replace('count(*)', 'pg_sleep(9)')],
  ])('are found at the share of published attacks: %s', (_, poison) => {
    const poisoned = clean.map((each, at) =>
      // 5 of 1,000: 0.5 %.
      at % 200 === 0 ? example(`${each.meta.question} xyzzy`, poison(each.meta.sql)) : each,
    );
    expect(
      hasNoTriggers(poisoned)
        .findings.map(({ message }) => message)
        .join(),
    ).toContain('“xyzzy”');
  });
});

describe('personal data', () => {
  it.each([
    ["values: 'ann@example.org', 'bob@example.org'", ['show 2 × e-mail address of shop']],
    ["values: '+41 44 668 18 00'", ['show 1 × telephone number of shop']],
    ["values: 'DE89 3704 0044 0532 0130 00'", ['show 1 × IBAN of shop']],
    ["values: '4111 1111 1111 1111'", ['show 1 × card number of shop']],
    ["values: '2024-01-31', '12.50', 'DE00 0000 0000 0000 0000 00', 'Rome'", []],
  ])('of %s', (values, expected) => {
    const card = `table people\n  contact TEXT -- ${values}`;
    expect(
      hasNoPersonalData([example('Who?', 'SELECT 1', card)]).findings.map(({ message }) => message),
    ).toEqual(expected);
  });
});
