import { describe, expect, it } from '@jest/globals';
import { tinyTables } from '../../test-support/tiny-dataset.js';
import { readSchemas } from '../spider/schema.js';
import { exactlyMatches } from './exact-match.js';
import { hardnessOf } from './hardness.js';
import { parseSpiderQuery } from './parser.js';
import { spiderTokens } from './tokens.js';

const schema = readSchemas(tinyTables).get('pets')!;
const parse = (sql: string) => parseSpiderQuery(sql, schema);
const hardness = (sql: string) => hardnessOf(parse(sql));
const matches = (predicted: string, gold: string) => exactlyMatches(parse(predicted), parse(gold), schema);

describe('spiderTokens', () => {
  it('keeps quoted text whole and joins split operators', () => {
    expect(spiderTokens(`SELECT Name FROM t WHERE a > = 'New York; x' AND count(*) ! = 3`)).toEqual([
      'select',
      'name',
      'from',
      't',
      'where',
      'a',
      '>=',
      '"New York; x"',
      'and',
      'count',
      '(',
      '*',
      ')',
      '!=',
      '3',
    ]);
  });

  it('does not part = from its neighbours', () => {
    expect(spiderTokens('a=1, b')).toEqual(['a=1', ',', 'b']);
  });
});

describe('parseSpiderQuery', () => {
  it('resolves aliases and bare columns', () => {
    const query = parse(
      "SELECT T1.name, weight FROM Owner AS T1 JOIN Pet AS T2 ON T1.id = T2.owner_id WHERE kind = 'cat'",
    );
    expect(query.select.map((item) => item.unit.left.column)).toEqual(['owner.name', 'pet.weight']);
    expect(query.tables).toEqual([{ table: 'owner' }, { table: 'pet' }]);
    expect(query.where.items[0]).toMatchObject({ operator: '=', first: { kind: 'text', text: '"cat"' } });
  });

  it.each([
    'SELECT name FROM owner, pet',
    'SELECT name FROM owner LEFT JOIN pet ON owner.id = pet.owner_id',
    'SELECT name AS n FROM owner',
    'SELECT name FROM owner o',
    'SELECT age FROM owner',
    'SELECT name FROM owner WHERE (id = 1 OR id = 2)',
    'SELECT name FROM owner WHERE id IN (1, 2)',
    'SELECT 1',
    "SELECT name FROM owner WHERE name = 'x",
  ])('does not read what Spider’s grammar lacks: %s', (sql) => {
    expect(() => parse(sql)).toThrow(SyntaxError);
  });
});

describe('hardnessOf', () => {
  it.each([
    ['easy', 'SELECT count(*) FROM pet'],
    ['easy', "SELECT name FROM owner WHERE city = 'Bonn'"],
    ['medium', 'SELECT name, city FROM owner'],
    ['medium', 'SELECT kind, count(*) FROM pet GROUP BY kind'],
    ['medium', 'SELECT T1.name FROM owner AS T1 JOIN pet AS T2 ON T1.id = T2.owner_id WHERE T2.weight > 4'],
    ['hard', 'SELECT name FROM owner WHERE id NOT IN (SELECT owner_id FROM pet)'],
    ['hard', 'SELECT kind FROM pet WHERE weight > 1 GROUP BY kind ORDER BY count(*)'],
    ['extra', 'SELECT kind FROM pet WHERE weight > 1 GROUP BY kind ORDER BY count(*) DESC LIMIT 1'],
    [
      'extra',
      "SELECT name, city FROM owner WHERE city = 'Bonn' EXCEPT SELECT name, city FROM owner WHERE id = 1",
    ],
  ])('%s: %s', (level, sql) => {
    expect(hardness(sql)).toBe(level);
  });
});

describe('exactlyMatches', () => {
  it('ignores values, the order of conditions and columns, aliases and DISTINCT', () => {
    expect(
      matches(
        "SELECT DISTINCT city, name FROM owner WHERE id = 3 AND city = 'Kiel'",
        "SELECT T1.name, T1.city FROM owner AS T1 WHERE T1.city = 'Bonn' AND T1.id = 1",
      ),
    ).toBe(true);
  });

  it('heeds operators, connectors, aggregates, ordering and tables', () => {
    const gold = "SELECT count(*) FROM pet WHERE weight > 1 OR kind = 'cat'";
    expect(matches("SELECT count(*) FROM pet WHERE weight > 1 AND kind = 'cat'", gold)).toBe(false);
    expect(matches("SELECT count(*) FROM pet WHERE weight < 1 OR kind = 'cat'", gold)).toBe(false);
    expect(matches("SELECT max(weight) FROM pet WHERE weight > 1 OR kind = 'cat'", gold)).toBe(false);
    expect(matches('SELECT name FROM owner ORDER BY id', 'SELECT name FROM owner ORDER BY id DESC')).toBe(
      false,
    );
    expect(matches('SELECT count(*) FROM owner', 'SELECT count(*) FROM pet')).toBe(false);
  });

  it('takes a column for one that a foreign key holds equal, where both tables are in FROM', () => {
    const join = 'FROM owner AS T1 JOIN pet AS T2 ON T1.id = T2.owner_id';
    expect(matches(`SELECT T1.id ${join}`, `SELECT T2.owner_id ${join}`)).toBe(true);
    expect(matches('SELECT id FROM owner', 'SELECT owner_id FROM pet')).toBe(false);
  });

  it('compares nested queries and those behind set operators', () => {
    const nested = (operator: string) =>
      `SELECT name FROM owner WHERE id IN (SELECT owner_id FROM pet WHERE weight ${operator} 3)`;
    expect(matches(nested('>').replace('3', '5'), nested('>'))).toBe(true);
    expect(matches(nested('<'), nested('>'))).toBe(false);
    const union = (column: string) => `SELECT name FROM owner UNION SELECT ${column} FROM pet`;
    expect(matches(union('kind'), union('kind'))).toBe(true);
    expect(matches(union('id'), union('kind'))).toBe(false);
    expect(matches('SELECT name FROM owner', union('kind'))).toBe(false);
  });
});
