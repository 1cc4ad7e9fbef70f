import { describe, expect, it } from '@jest/globals';
import { parsePrompt } from './parse-prompt.js';

const whole = `Dialect: PostgreSQL

Tables:
table customers -- people who buy (3000 rows)
  id INTEGER primary key
  city_id INTEGER references cities(id)

table cities
  id INTEGER primary key
  "Name" TEXT

Joins:
customers.city_id = cities.id

Values:
cities."Name" = 'L''Aquila'
sales.cities."big name" = 'x = y'
order lines.note = 'a.b = ''c'''

Examples:
Question: How many cities?
SQL: select count(*)
from cities

Question: Which?
SQL: select 1

Failed attempts:
SQL: select x
from customers
Error (unknown_column): no such column: x
Hint: look again

SQL: select y from customers
Error (other): no

Question: How many customers live in L'Aquila?`;

describe('parsePrompt', () => {
  it('reads every section', () => {
    const prompt = parsePrompt(whole);
    expect(prompt?.tables.map(({ name }) => name)).toEqual(['customers', 'cities']);
    expect(prompt).toMatchObject({
      dialect: 'postgres',
      question: "How many customers live in L'Aquila?",
      joins: [{ from: { table: 'customers', column: 'city_id' }, to: { table: 'cities', column: 'id' } }],
      values: [
        { table: 'cities', column: 'Name', value: "L'Aquila" },
        { table: 'sales.cities', column: 'big name', value: 'x = y' },
        { table: 'order lines', column: 'note', value: "a.b = 'c'" },
      ],
      examples: [
        { question: 'How many cities?', sql: 'select count(*)\nfrom cities' },
        { question: 'Which?', sql: 'select 1' },
      ],
      failed: ['select x\nfrom customers', 'select y from customers'],
    });
  });

  it('does with tables and a question alone', () => {
    const prompt = parsePrompt('Dialect: SQLite\n\nTables:\ntable t\n  a TEXT\n\nQuestion: What is a?');
    expect(prompt).toMatchObject({ dialect: 'sqlite', question: 'What is a?', values: [], failed: [] });
  });

  it('takes a question without a schema, or text without a question, for no prompt', () => {
    expect(parsePrompt('Question: How are you?')).toBeNull();
    expect(parsePrompt('Tables:\ntable t\n  a TEXT')).toBeNull();
  });
});
