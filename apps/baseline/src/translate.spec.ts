import { describe, expect, it } from '@jest/globals';
import { shopPrompt } from './testing/shop-prompt.js';
import { translate } from './translate.js';

const best = (question: string, extra: Parameters<typeof shopPrompt>[1] = {}) =>
  [...translate(shopPrompt(question, extra))][0];

describe('translate', () => {
  it.each([
    ['How many customers are there?', 'SELECT count(*) FROM customers'],
    ['List the names and ages of all customers.', 'SELECT name, age FROM customers'],
    ['How many different statuses of orders are there?', 'SELECT count(DISTINCT status) FROM orders'],
    ['Show the names of customers older than 30.', 'SELECT name FROM customers WHERE age > 30'],
    [
      'Show names of customers with age between 20 and 30.',
      'SELECT name FROM customers WHERE age BETWEEN 20 AND 30',
    ],
    ['Which customers have an age of at least 18?', 'SELECT name FROM customers WHERE age >= 18'],
    ["Which customers' names start with 'A'?", "SELECT name FROM customers WHERE name LIKE 'A%'"],
    ['What is the name of the oldest customer?', 'SELECT name FROM customers ORDER BY age DESC LIMIT 1'],
    [
      'Show the 3 cities with the highest population.',
      'SELECT name FROM cities ORDER BY population DESC LIMIT 3',
    ],
    ['What is the average and maximum age of customers?', 'SELECT avg(age), max(age) FROM customers'],
    [
      'What is the average total price for each status?',
      'SELECT avg(total_price), status FROM orders GROUP BY status',
    ],
    ['List customer names in descending order of age.', 'SELECT name FROM customers ORDER BY age DESC'],
    [
      'Show the names of customers older than the average age.',
      'SELECT name FROM customers WHERE age > (SELECT avg(age) FROM customers)',
    ],
    ['How many orders are not paid?', "SELECT count(*) FROM orders WHERE status != 'paid'"],
    [
      'What is the most common status of orders?',
      'SELECT status FROM orders GROUP BY status ORDER BY count(*) DESC LIMIT 1',
    ],
    [
      'Show the names of cities in France or Spain.',
      "SELECT name FROM cities WHERE (country = 'France' OR country = 'Spain')",
    ],
    ['What is all the information about cities?', 'SELECT * FROM cities'],
    ['How many orders were made in 2024?', "SELECT count(*) FROM orders WHERE order_date LIKE '2024%'"],
  ])('reads %j', (question, sql) => {
    expect(best(question)).toBe(sql);
  });

  it.each([
    ['How many customers live in each country?', 'GROUP BY cities.country'],
    ['Which customers have no orders?', 'WHERE id NOT IN (SELECT customer_id FROM orders)'],
    ['Show the names of customers with more than 3 orders.', 'HAVING count(*) > 3'],
    ['Which customer has the most orders?', 'ORDER BY count(*) DESC LIMIT 1'],
    [
      'Show the countries of both cities with population above 500 and cities with population below 100.',
      'INTERSECT',
    ],
    [
      'Show the names of the customers who are recipients of messages.',
      'ON messages.recipient_id = customers.id',
    ],
  ])('joins, groups and excludes for %j', (question, part) => {
    expect(best(question)).toContain(part);
  });

  it('takes a cell from the values section, and joins its table', () => {
    expect(best('How many customers live in Berlin?', { values: ["cities.name = 'Berlin'"] })).toBe(
      "SELECT count(*) FROM customers JOIN cities ON customers.city_id = cities.id WHERE cities.name = 'Berlin'",
    );
  });

  it('quotes names that need it and doubles quotes in text', () => {
    expect(best(`How many messages have the group "it's"?`)).toBe(
      `SELECT count(*) FROM messages WHERE "group" = 'it''s'`,
    );
  });

  it('offers further readings, all different', () => {
    const readings = [...translate(shopPrompt('Show the name of each city'))];
    expect(readings.length).toBeGreaterThan(1);
    expect(new Set(readings).size).toBe(readings.length);
  });

  it('reads the beginning of a question that does not end', () => {
    const started = performance.now();
    expect(best(`How many customers are there? ${'in at from name '.repeat(1_000)}`)).toContain(
      'FROM customers',
    );
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('has no reading of a question about something else', () => {
    expect([...translate(shopPrompt('Hello, nice weather today!'))]).toEqual([]);
  });
});
