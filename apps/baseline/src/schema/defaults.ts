import { bareWords } from '../linking/name-match.js';
import type { Column, Table } from './model.js';

/** The columns by which people call a row of the table: its name or title, else its key. */
export function namingColumns(table: Table): Column[] {
  const named = (test: (words: string) => boolean) =>
    table.columns.filter((column) => test(bareWords(column).join(' ')));
  const [exact] = [
    ...named((words) => words === 'nam' || words === 'name'),
    ...named((words) => /^titl?e?$/.test(words)),
  ];
  const own = table.columns.find(({ words }) => words.join(' ') === table.words.join(' '));
  if (exact ?? own) return [exact ?? own].flatMap((column) => column ?? []);
  const person = [...named((words) => words === 'first name'), ...named((words) => words === 'last name')];
  if (person.length === 2) return person;
  const [loose] = named((words) => /\b(?:name|titl)$/.test(words));
  if (loose) return [loose];
  const [key] = table.primaryKey;
  const [first] = table.columns;
  return key ? [key] : first ? [first] : [];
}

/** One column that tells rows apart; null for a table without a single-column key. */
export function keyColumn(table: Table): Column | null {
  const [key] = table.primaryKey;
  return key && table.primaryKey.length === 1 ? key : null;
}
