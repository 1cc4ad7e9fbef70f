import { describe, expect, it } from '@jest/globals';
import { isFollowUp } from './follow-up.js';
import { tablesOfStatement } from './tables-of-statement.js';

const tables = ['orders', 'order_items', 'customers', 'sales.cities'];

describe('a follow-up', () => {
  it.each([
    'And last year?',
    'What about Rome?',
    'Only the open ones.',
    'in 2015?',
    'Which of them are open?',
    'How old are they?',
    'How many are there?',
    'Sort them by age',
    'Show their names and the cities.',
    'the same for Paris',
    'Now by month',
    'by age descending',
    'Which ones are French?',
    'Order the list by name of the customers',
    'Filter out cancelled orders',
  ])('is: %s', (question) => {
    expect(isFollowUp(question, tables)).toBe(true);
  });

  it.each([
    'How many orders were cancelled?',
    'Order totals by month and city',
    'Group orders by their customers',
    'List customers and their cities.',
    'How many cities are there?',
    'For each customer, show the date of its latest order.',
    'Which cities have more than three customers who placed an order in 2020?',
    'Show those customers who live in Rome.',
    'List the customers in the same city as Ada.',
  ])('is not: %s', (question) => {
    expect(isFollowUp(question, tables)).toBe(false);
  });
});

describe('the tables of a statement', () => {
  it('are those whose names stand in it as words', () => {
    const sql = 'SELECT c.name FROM "Customers" c JOIN sales.cities ON true WHERE note = 1';
    expect(tablesOfStatement(sql, tables)).toEqual(['customers', 'sales.cities']);
    expect(tablesOfStatement('SELECT `order_items`.x, reorders', tables)).toEqual(['order_items']);
  });
});
