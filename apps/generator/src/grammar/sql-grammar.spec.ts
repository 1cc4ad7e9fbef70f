import { beforeAll, describe, expect, it } from '@jest/globals';
import { DatabaseSync } from 'node:sqlite';
import { Dialect as PolyglotDialect, init, parse } from '@polyglot-sql/sdk';
import { loadModule, parseSync } from 'libpg-query';
import type { NamedTable } from './names.js';
import { sqlGrammar } from './sql-grammar.js';
import { accepts } from './test-support/accepts.js';
import { readGrammar } from './test-support/gbnf.js';
import { Sampler } from './test-support/sample.js';

const tables: NamedTable[] = [
  table('singer', ['Singer_ID', 'name', 'Country', 'Age', 'order']),
  table('group', ['id', 'Official_ratings_(millions)', '18_49_share', 'a "b"', 'größe']),
  table('Orders', ['total', 'paid at', 'back`tick', 'back\\slash']),
];
const inSchema = table('sales.orders', ['id', 'Paid']);
const samples = 1_000;

function table(name: string, columns: string[]): NamedTable {
  return { name, columns: columns.map((column) => ({ name: column })) };
}

/** As the generator takes the statement out of its fence. */
function drawn(dialect: Parameters<typeof sqlGrammar>[0]): string[] {
  const sampler = new Sampler(
    readGrammar(sqlGrammar(dialect, dialect === 'sqlite' ? tables : [...tables, inSchema]) ?? ''),
    7,
  );
  const statements: string[] = [];
  while (statements.length < samples) {
    const text = sampler.draw();
    if (!/^(?:CLARIFY|NOT_ANSWERABLE): /.test(text))
      statements.push(text.replace(/^```sql\n([\s\S]*)\n```$/, '$1'));
  }
  return statements;
}

beforeAll(async () => {
  await Promise.all([init(), loadModule()]);
});

describe('statements of the grammar', () => {
  it('are read by SQLite', () => {
    const db = new DatabaseSync(':memory:');
    for (const { name, columns } of tables) {
      db.exec(
        `CREATE TABLE "${name}" (${columns.map((column) => `"${column.name.replaceAll('"', '""')}"`).join(', ')})`,
      );
    }
    // What its parser says; a name that is nobody's alias or a count of columns that differs comes after.
    const unread = drawn('sqlite').flatMap((sql) => {
      const problem = thrownBy(() => db.prepare(sql));
      return /syntax error|incomplete|unrecognized|arguments|no such function/.test(problem)
        ? [{ sql, problem }]
        : [];
    });
    expect(unread).toEqual([]);
  });

  it('are read by PostgreSQL', () => {
    const unread = drawn('postgres').map((sql) => ({ sql, problem: thrownBy(() => parseSync(sql)) }));
    expect(unread.filter(({ problem }) => problem !== '')).toEqual([]);
  });

  it('are read as MySQL', () => {
    const unread = drawn('mysql').flatMap((sql) => {
      const result = parse(sql, PolyglotDialect.MySQL) as { success: boolean; error?: string };
      return result.success ? [] : [{ sql, problem: result.error }];
    });
    expect(unread).toEqual([]);
  });
});

describe('the grammar', () => {
  const allows = (sql: string, of = tables): boolean =>
    accepts(readGrammar(sqlGrammar('sqlite', of) ?? ''), sql).whole;

  it.each([
    'SELECT count(*) FROM singer',
    "SELECT T1.name, avg(T1.Age) FROM singer AS T1 JOIN Orders AS T2 ON T1.Singer_ID = T2.total WHERE T1.Country <> 'It''s' GROUP BY 1 HAVING count(*) > 2 ORDER BY 2 DESC LIMIT 3",
    'WITH ranked AS (SELECT name, rank() OVER (PARTITION BY Country ORDER BY Age DESC) AS rnk FROM singer) SELECT name FROM ranked WHERE rnk <= 3',
    'select name from singer where Age > (select avg(Age) from singer) except select name from singer where "order" in (1, 2)',
    "SELECT CASE WHEN Age >= 18 THEN 'adult' ELSE 'child' END AS total, round(sum(Age) * 100.0 / count(*), 2)\nFROM singer\nGROUP BY 1",
    'SELECT `Official_ratings_(millions)`, "größe" FROM "group";',
    '```sql\nSELECT name FROM singer\n```',
    'CLARIFY: Which year do you mean?',
    'NOT_ANSWERABLE: no table holds the weather',
  ])('allows %j', (sql) => expect(allows(sql)).toBe(true));

  it.each([
    'DELETE FROM singer',
    'SELECT password FROM singer',
    'SELECT name FROM users',
    // A name that only a statement with common tables could read, and one that no table has.
    'SELECT name FROM ranked',
    'SELECT "singer_name" FROM singer',
    'SELECT name FROM singer; DROP TABLE singer',
    'SELECT name FROM singer -- all of them',
    'SELECT load_extension(1) FROM singer',
    'SELECT order FROM singer',
    'SELECT  name FROM singer',
    `SELECT '${'a'.repeat(100)}' FROM singer`,
    'Here is the SQL: SELECT name FROM singer',
  ])('does not allow %j', (sql) => expect(allows(sql)).toBe(false));

  it('is not broken out of by a name', () => {
    const hostile = [table('t" | "DROP', ['x\nroot ::= "DROP TABLE t"', '\\', ']', '\u0000', '🙂', ''])];
    expect(readGrammar(sqlGrammar('sqlite', hostile) ?? '').size).toBeGreaterThan(100);
    expect(allows('DROP TABLE t', hostile)).toBe(false);
    expect(allows('SELECT "🙂" FROM "t"" | ""DROP"', hostile)).toBe(true);
  });

  it('is one text whatever the order of the tables', () => {
    expect(sqlGrammar('postgres', tables)).toBe(sqlGrammar('postgres', tables.toReversed()));
  });

  it('is none for no tables, and none for more than a server compiles in time', () => {
    const wide = Array.from({ length: 60 }, (_, number) =>
      table(
        `table_${number}`,
        Array.from({ length: 60 }, (_, column) => `column_${number}_${column}`),
      ),
    );
    expect(sqlGrammar('sqlite', [])).toBeNull();
    expect(sqlGrammar('sqlite', wide)).toBeNull();
    expect(sqlGrammar('sqlite', wide.slice(0, 20))).not.toBeNull();
  });
});

function thrownBy(action: () => void): string {
  try {
    action();
    return '';
  } catch (error) {
    return String(error);
  }
}
