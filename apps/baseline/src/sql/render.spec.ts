import { describe, expect, it } from '@jest/globals';
import { parseTableCard } from '../prompt/parse-card.js';
import { buildSchema, findColumn, type Column, type Schema } from '../schema/model.js';
import { emptyQuery, type Query } from './query.js';
import { renderQuery } from './render.js';

const cards = [
  `table people\n  id INTEGER primary key\n  "Full Name" TEXT\n  height TEXT -- values: '170', '185'\n  team INTEGER references "order"(id)`,
  `table order\n  id INTEGER primary key\n  Founded DATE`,
  `table island\n  x INTEGER`,
];

function schemaIn(dialect: Schema['dialect']): Schema {
  return buildSchema({ dialect, tables: cards.flatMap((card) => parseTableCard(card) ?? []), joins: [] });
}

function column(schema: Schema, table: string, name: string): Column {
  const found = findColumn(schema.tables, table, name);
  if (!found) throw new Error(`no ${table}.${name}`);
  return found;
}

const show = (column: Column, rest: Partial<Query> = {}): Query => ({
  ...emptyQuery(),
  select: [{ kind: 'column', column }],
  ...rest,
});

describe('renderQuery', () => {
  it('quotes reserved words and odd names, and in PostgreSQL capitals', () => {
    const sqlite = schemaIn('sqlite');
    const postgres = schemaIn('postgres');
    expect(renderQuery(sqlite, show(column(sqlite, 'order', 'Founded')))).toBe('SELECT Founded FROM "order"');
    expect(renderQuery(postgres, show(column(postgres, 'order', 'Founded')))).toBe(
      'SELECT "Founded" FROM "order"',
    );
    expect(renderQuery(sqlite, show(column(sqlite, 'people', 'Full Name')))).toBe(
      'SELECT "Full Name" FROM people',
    );
  });

  it('joins the tables of its columns along their keys', () => {
    const schema = schemaIn('sqlite');
    const founded = column(schema, 'order', 'Founded');
    const order = [{ by: { kind: 'column' as const, column: founded }, descending: true }];
    expect(renderQuery(schema, show(column(schema, 'people', 'id'), { order, limit: 2 }))).toBe(
      'SELECT people.id FROM people JOIN "order" ON people.team = "order".id ORDER BY "order".Founded DESC LIMIT 2',
    );
  });

  it('has no text for tables that nothing joins', () => {
    const schema = schemaIn('sqlite');
    const tables = schema.tables.filter(({ name }) => name === 'island');
    expect(renderQuery(schema, show(column(schema, 'people', 'id'), { tables }))).toBeNull();
  });

  it('casts numbers that PostgreSQL keeps as text', () => {
    const schema = schemaIn('postgres');
    const height = column(schema, 'people', 'height');
    const compare = (operator: '>' | '=') =>
      renderQuery(
        schema,
        show(height, {
          where: [{ kind: 'compare', left: { kind: 'column', column: height }, operator, right: 180 }],
        }),
      );
    expect(compare('>')).toBe('SELECT height FROM people WHERE CAST(height AS NUMERIC) > 180');
    expect(compare('=')).toBe("SELECT height FROM people WHERE height = '180'");
  });

  it('names every plain column of a group', () => {
    const schema = schemaIn('postgres');
    const [name, id] = [column(schema, 'people', 'Full Name'), column(schema, 'people', 'id')];
    const query: Query = {
      ...emptyQuery(),
      select: [
        { kind: 'column', column: name },
        { kind: 'aggregate', function: 'count', column: null },
      ],
      group: [id],
      having: [
        {
          kind: 'compare',
          left: { kind: 'aggregate', function: 'count', column: null },
          operator: '>=',
          right: 2,
        },
      ],
    };
    expect(renderQuery(schema, query)).toBe(
      'SELECT "Full Name", count(*) FROM people GROUP BY id, "Full Name" HAVING count(*) >= 2',
    );
  });
});
