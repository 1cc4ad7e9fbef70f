import type { Dialect } from '#shared/contracts/datasource';
import { clauseWords, expressionWords, joinWords } from '#shared/sql/sql-words';

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const foldedName = /^[a-z_][a-z0-9_]*$/;
const otherReserved: ReadonlySet<string> = new Set([
  ...['SELECT', 'TABLE', 'INDEX', 'VALUES', 'CREATE', 'DEFAULT', 'PRIMARY', 'FOREIGN', 'REFERENCES', 'CHECK'],
  ...['UNIQUE', 'CONSTRAINT', 'SET', 'KEY', 'USER', 'COLUMN', 'UPDATE', 'DELETE', 'INSERT', 'DROP', 'ADD'],
]);

/** A name of the snapshot as it must stand in a statement: in quotes where the dialect would read it differently. */
export function writtenName(name: string, dialect: Dialect): string {
  const isPlain = (dialect === 'postgres' ? foldedName : plainName).test(name);
  const word = name.toUpperCase();
  const isReserved = [clauseWords, expressionWords, joinWords, otherReserved].some((words) =>
    words.has(word),
  );
  return isPlain && !isReserved ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A table of the snapshot as a source; one of another schema has the schema before it. */
export function writtenTable(name: string, dialect: Dialect): string {
  if (dialect !== 'postgres') return writtenName(name, dialect);
  return name
    .split('.')
    .map((part) => writtenName(part, dialect))
    .join('.');
}

/** What its columns go by where it has no alias. */
export function writtenShortName(name: string, dialect: Dialect): string {
  return writtenName((dialect === 'postgres' && name.split('.').at(-1)) || name, dialect);
}
