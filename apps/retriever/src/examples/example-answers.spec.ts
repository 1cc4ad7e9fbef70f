import { describe, expect, it } from '@jest/globals';
import { ExampleAnswers } from './example-answers.js';
import type { SchemaValues } from './template.js';

const cities = ['Berlin', 'New York', "L'Aquila"];
const countries = ['France', 'Spain'];
const schema: SchemaValues = {
  dialect: 'sqlite',
  isName: (text) => ['city', 'orders', 'name'].includes(text.toLowerCase()),
  cellLike: (like, phrase) => {
    const column = [cities, countries].find((cells) => cells.some((cell) => cell === like));
    return column?.find((cell) => cell.toLowerCase() === phrase.toLowerCase()) ?? null;
  },
};

function answers(...pairs: [question: string, sql: string][]): ExampleAnswers {
  return new ExampleAnswers(pairs.map(([question, sql], index) => ({ id: `e${index}`, question, sql })));
}

describe('a verified example with the same question', () => {
  const known = answers(
    ['How many orders are from  "Berlin"?', 'SELECT 1'],
    ['Naïve café?', 'SELECT 2'],
    ["The driver's car", 'SELECT 3'],
    ['Revenue in %', 'SELECT 4'],
    ['Below -5', 'SELECT 5'],
  );
  it.each([
    ['how many ORDERS are from “Berlin”', 'SELECT 1'],
    ['Nai\u0308ve   cafe\u0301!', 'SELECT 2'],
    ['the driver’s car?', 'SELECT 3'],
    ['how many orders are from "berlin"', undefined],
    ['Naive cafe', undefined],
    ['The drivers car', undefined],
    ['Revenue in €', undefined],
    ['Revenue in', undefined],
    ['Below 5', undefined],
    ['', undefined],
  ])('of %j', (question, sql) => {
    expect(known.exact(question)?.sql).toBe(sql);
  });

  it('says whose SQL it is', () => {
    expect(known.exact('naïve café')?.origin).toEqual({
      kind: 'verified_example',
      exampleId: 'e1',
      question: 'Naïve café?',
    });
  });

  it('decides nothing where two disagree', () => {
    expect(answers(['How many?', 'SELECT 1'], ['how many', 'SELECT 2']).exact('How many')).toBeNull();
    expect(answers(['How many?', 'SELECT 1'], ['how many', 'SELECT 1']).exact('How many')?.sql).toBe(
      'SELECT 1',
    );
  });
});

describe('a verified example with other literals', () => {
  const byCity: [string, string] = [
    'Which orders from Berlin cost more than 100?',
    "SELECT id FROM orders WHERE city = 'Berlin' AND total > 100 ORDER BY 1",
  ];
  const cases: [what: string, example: [string, string], question: string, sql: string | undefined][] = [
    [
      'takes cells of the same column and numbers',
      byCity,
      'which orders from new york cost more than 1,250.5',
      "SELECT id FROM orders WHERE city = 'New York' AND total > 1250.5 ORDER BY 1",
    ],
    [
      'doubles quotes',
      byCity,
      "which orders from l'aquila cost more than 7",
      "SELECT id FROM orders WHERE city = 'L''Aquila' AND total > 7 ORDER BY 1",
    ],
    ['takes no cell of another column', byCity, 'which orders from France cost more than 7', undefined],
    ['takes no unknown word', byCity, 'which orders from Atlantis cost more than 7', undefined],
    ['takes no negative number', byCity, 'which orders from Berlin cost more than -7', undefined],
    ['takes no text for a number', byCity, 'which orders from Berlin cost more than "7"', undefined],
    ['takes no other question', byCity, 'which orders from Berlin cost less than 7', undefined],
    [
      'keeps the signs of a pattern',
      ['Names with "An"', "SELECT name FROM person WHERE name LIKE '%An%'"],
      "names with 'Bo'",
      "SELECT name FROM person WHERE name LIKE '%Bo%'",
    ],
    [
      'binds no pattern',
      ['Names with "An"', "SELECT name FROM person WHERE name LIKE '%An%'"],
      'names with "%"',
      undefined,
    ],
    [
      'takes whatever stands in quotes as one text',
      ['Who is called "Ann"?', 'SELECT 1 FROM person WHERE name = "Ann"'],
      `who is called "x' OR 1=1 --"`,
      "SELECT 1 FROM person WHERE name = 'x'' OR 1=1 --'",
    ],
    [
      'takes no backslash, on which engines differ',
      ['Who is called "Ann"?', "SELECT 1 FROM person WHERE name = 'Ann'"],
      'who is called "\\"',
      undefined,
    ],
    [
      'takes dates of the same form',
      ['Orders since 2024-01-31', "SELECT 1 FROM orders WHERE at >= '2024-01-31'"],
      'Orders since 2025-12-01',
      "SELECT 1 FROM orders WHERE at >= '2025-12-01'",
    ],
    [
      'leaves alone what the end of a year was worked out from',
      ['Orders in 2024', 'SELECT 1 FROM orders WHERE year >= 2024 AND year < 2025'],
      'Orders in 2022',
      undefined,
    ],
    [
      'leaves alone what a decade was worked out from',
      ['Orders from 1990 on', 'SELECT 1 FROM orders WHERE year BETWEEN 1990 AND 1999'],
      'Orders from 1980 on',
      undefined,
    ],
    [
      'leaves alone what the day after was worked out from',
      ['Orders of 2024-01-31', "SELECT 1 FROM orders WHERE at >= '2024-01-31' AND at < '2024-02-01'"],
      'Orders of 2024-03-01',
      undefined,
    ],
    [
      'leaves alone what a month was written from',
      [
        'Orders above 100 of 2024',
        "SELECT 1 FROM orders WHERE total > 100 AND at LIKE '2024-%' AND y = 2024",
      ],
      'Orders above 7 of 2023',
      undefined,
    ],
    [
      'leaves alone what a rank was worked out from',
      ['The order at place 3', 'SELECT 1 FROM orders WHERE place = 3 AND place > 2'],
      'The order at place 5',
      undefined,
    ],
    [
      'keeps other numbers of the statement',
      ['Orders above 100', 'SELECT 1 FROM orders WHERE total > 100 AND state = 1 LIMIT 10'],
      'Orders above 50',
      'SELECT 1 FROM orders WHERE total > 50 AND state = 1 LIMIT 10',
    ],
    [
      'takes no date of another form',
      ['Orders since 2024-01-31', "SELECT 1 FROM orders WHERE at >= '2024-01-31'"],
      'Orders since 1/12/2025',
      undefined,
    ],
    [
      'replaces no literal that the SQL has twice',
      ['The top 3 of orders above 3', 'SELECT 1 FROM orders WHERE total > 3 LIMIT 3'],
      'The top 4 of orders above 4',
      undefined,
    ],
    [
      'replaces no literal that the question has twice',
      ['2 rooms, 2 beds', 'SELECT 1 FROM room WHERE beds = 2'],
      '2 rooms, 3 beds',
      undefined,
    ],
    [
      'replaces no number of a name or a position',
      ['Column 2 of t2', 'SELECT t2.a FROM t2 ORDER BY 2'],
      'Column 3 of t2',
      undefined,
    ],
    [
      'leaves SQL with comments alone',
      ['Orders above 3', 'SELECT 1 FROM orders WHERE total > 3 -- 3'],
      'Orders above 4',
      undefined,
    ],
    [
      'leaves names in double quotes alone',
      ['The name of Berlin', `SELECT "name" FROM city WHERE city = 'Berlin'`],
      'The name of New York',
      `SELECT "name" FROM city WHERE city = 'New York'`,
    ],
  ];
  it.each(cases)('%s', (_, example, question, sql) => {
    expect(answers(example).near(question, schema)?.sql).toBe(sql);
  });

  it('says what was replaced', () => {
    expect(answers(byCity).near('Which orders from New York cost more than 100?', schema)?.origin).toEqual({
      kind: 'near_example',
      exampleId: 'e0',
      question: byCity[0],
      literals: [
        { from: 'Berlin', to: 'New York' },
        { from: '100', to: '100' },
      ],
    });
  });

  it('follows the one that has more in common, and none of two that disagree', () => {
    const above: [string, string] = ['Orders above 3', 'SELECT 1 FROM orders WHERE total > 3'];
    const other: [string, string] = ['Orders above 9', 'SELECT 1 FROM orders WHERE total >= 9'];
    expect(
      answers(above, ['Orders above 9', 'SELECT 1 FROM orders WHERE total > 9']).near(
        'orders above 5',
        schema,
      )?.sql,
    ).toBe('SELECT 1 FROM orders WHERE total > 5');
    expect(answers(above, other).near('orders above 5', schema)).toBeNull();
  });

  it('takes little time with many examples and a hostile question', () => {
    const many = answers(
      ...Array.from({ length: 2_000 }, (_, n): [string, string] => [
        `Berlin orders ${n} above ${n + 1}`,
        `SELECT 1 FROM orders WHERE city = 'Berlin' AND a = ${n} AND b > ${n + 1}`,
      ]),
    );
    const started = performance.now();
    many.near('"'.repeat(2_000) + ' Berlin'.repeat(500), schema);
    many.near('Berlin '.repeat(570), schema);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
