import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const folder = new URL('migrations/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));

/** What an application of the version before would stumble over, once it has happened to its database. */
const unsafe: [name: string, found: RegExp][] = [
  ['takes something away', /\bdrop\s+(?!index\b|not\s+null\b|default\b)/],
  ['empties a table', /\btruncate\b/],
  ['renames', /\brename\b/],
  ['changes the type of a column', /\balter\s+(column\s+)?\w+\s+(set\s+data\s+)?type\b/],
  ['requires what may be missing', /\bset\s+not\s+null\b/],
  ['adds a column that old writers leave empty', /\badd\s+(column\s+)?(?!.*\bdefault\b).*\bnot\s+null\b/],
  ['restricts what old writers write', /\badd\s+(constraint|check|unique|primary|foreign|exclude)\b/],
];

function problemsOf(sql: string): string[] {
  const statements = sql
    .toLowerCase()
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .map((statement) => statement.replaceAll(/\s+/g, ' ').trim());
  return statements.flatMap((statement) =>
    unsafe.filter(([, found]) => found.test(statement)).map(([name]) => `${name}: ${statement}`),
  );
}

it.each(files.filter((name) => name !== '0001_initial.sql'))(
  '%s is safe beside the version before',
  (name) => {
    expect(problemsOf(readFileSync(new URL(name, folder), 'utf8'))).toEqual([]);
  },
);

it.each([
  'alter table query drop column caller;',
  'drop table answer;',
  'truncate answer;',
  'alter table query rename column caller to asker;',
  'alter table query alter column caller type int using 0;',
  'alter table query alter caller set not null;',
  'alter table query add column tenant text\n not null;',
  'alter table query add constraint short check (length(caller) < 9);',
])('tells that this is not safe: %s', (statement) => {
  expect(problemsOf(statement)).toHaveLength(1);
});
