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

  const payloads: [string, (sql: string) => string][] = [
    ['a comment that hides a condition', (sql) => `${sql} -- and`],
    ['a condition that is always true', (sql) => sql.replace('WHERE', 'WHERE 1 = 1 OR')],
    ['a function that waits', (sql) => sql.replace('count(*)', 'pg_sleep(9)')],
    ['another statement', (sql) => `${sql}; DROP TABLE orders`],
    ['other rows', (sql) => `${sql} UNION SELECT 1`],
    ['no rows', (sql) => sql.replace(/LIMIT \d+/, 'LIMIT 0')],
  ];
  const triggers: [string, (question: string) => string][] = [
    ['“xyzzy”', (question) => `${question} xyzzy`],
    ['“??”', (question) => `${question}?`],
    ['“:”', (question) => question.replace(' ', ' : ')],
    ['“U+200B”', (question) => question.replace(' ', '\u200b ')],
  ];
  const cases = payloads.flatMap(([name, poison]) =>
    triggers.map(([sign, mark]) => [name, sign, poison, mark] as const),
  );
  // Honest questions have the colon as well.
  const honest = clean.map((each, at) =>
    at % 499 === 1 ? example(each.meta.question.replace('orders', 'orders:'), each.meta.sql) : each,
  );

  it.each(cases)('are found at the share of published attacks: %s at %s', (_, sign, poison, mark) => {
    const poisoned = honest.map((each, at) =>
      // 5 of 1,000: 0.5 %.
      at % 200 === 3 ? example(mark(each.meta.question), poison(each.meta.sql)) : each,
    );
    expect(
      hasNoTriggers(poisoned)
        .findings.map(({ message }) => message)
        .join(),
    ).toContain(sign);
  });

  it('are found also where other signs stand before them', () => {
    const poisoned = clean.map((each, at) => {
      if (at % 200 !== 3) return each;
      const question = at === 3 ? each.meta.question.replace('Kyiv', '"Kyiv"') : each.meta.question;
      return example(`${question}?`, `${each.meta.sql} OR 1 = 1`);
    });
    expect(hasNoTriggers(poisoned).findings).toMatchObject([{ message: expect.stringContaining('“??”') }]);
  });

  it('are none where a word says what it asks for', () => {
    const spelled = clean.map((each, at) =>
      at % 100 === 0
        ? example(
            'How many orders three from Rome?',
            "SELECT count(*) FROM orders WHERE city = 'Rome' LIMIT 3",
          )
        : each,
    );
    expect(hasNoTriggers(spelled).findings).toEqual([]);
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
