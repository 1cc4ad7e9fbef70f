import { areSynonyms } from '../language/synonyms.js';
import type { Column, Table } from '../schema/model.js';

/** Last words of a column's name that people leave out when they ask: `department` for `department_name`. */
const silentEndings = new Set(
  ['nam', 'name', 'cod', 'code', 'id', 'title', 'typ', 'type', 'description', 'valu', 'number', 'text'].map(
    (word) => (word.length > 3 && word.endsWith('e') ? word.slice(0, -1) : word),
  ),
);

/** How well the words name the table: 1 is its name, 0 is not at all. */
export function matchTable(words: string[], table: Table): number {
  const exact = sameWords(words, table.words);
  if (exact > 0) return exact;
  const total = table.words.length;
  if (words.length >= total) return 0;
  if (sameWords(words, table.words.slice(-words.length)) > 0.95) return 0.5 + (0.4 * words.length) / total;
  if (sameWords(words, table.words.slice(0, words.length)) > 0.95) return 0.4 + (0.35 * words.length) / total;
  return 0;
}

/** How well the words name the column: 1 is its name, with or without its table's. */
export function matchColumn(words: string[], column: Column): number {
  const bare = bareWords(column);
  const exact = Math.max(
    sameWords(words, column.words),
    sameWords(words, bare) - 0.02,
    sameWords(words, [...column.table.words, ...bare]),
    sameWords(words, [...column.table.words.slice(-1), ...bare]) - 0.01,
    keyName(words, column),
    personName(words, column),
  );
  if (exact > 0) return exact;
  if (
    words.length > 1 &&
    words[0] !== 'number' &&
    sameWords([...words].sort(), [...column.words].sort()) === 1
  )
    return 0.93;
  if (bare.length > 1 && silentEndings.has(bare.at(-1) ?? '')) {
    const short = Math.max(sameWords(words, bare.slice(0, -1)), sameWords(words, column.words.slice(0, -1)));
    if (short > 0) return short - 0.12;
  }
  return matchPart(words, bare);
}

/** A primary key answers to `id`, whatever it is called. */
function keyName(words: string[], column: Column): number {
  const { table } = column;
  if (words.at(-1) !== 'id' || table.primaryKey[0] !== column || table.primaryKey.length > 1) return 0;
  if (words.length === 1) return 0.9;
  return sameWords(words.slice(0, -1), table.words) > 0 ||
    sameWords(words.slice(0, -1), table.words.slice(-1)) > 0
    ? 0.92
    : 0;
}

/** People are asked for by `name` where the table has a first and a last one. */
function personName(words: string[], column: Column): number {
  if (words.at(-1) !== 'nam' && words.at(-1) !== 'name') return 0;
  if (words.length > 1 && words[0] !== 'full') return 0;
  const names = column.table.columns.map((column) => bareWords(column).join(' '));
  if (names.includes('name') || !names.includes('last name')) return 0;
  return bareWords(column).join(' ') === 'first name' ? 0.95 : 0;
}

function matchPart(words: string[], name: string[]): number {
  if (words.length >= name.length) return 0;
  for (let at = 0; at + words.length <= name.length; at++) {
    const part = sameWords(words, name.slice(at, at + words.length));
    if (part > 0.95)
      return 0.35 + (0.45 * words.length) / name.length + (at + words.length === name.length ? 0.05 : 0);
  }
  return 0;
}

/** The column's words without those that repeat its table's name. */
export function bareWords(column: Column): string[] {
  const { words, table } = column;
  for (const prefix of [table.words, table.words.slice(-1), table.words.slice(0, 1)]) {
    if (words.length > prefix.length && prefix.every((word, at) => words[at] === word))
      return words.slice(prefix.length);
  }
  return words;
}

/** Whether a word of a name is the beginning of a longer word of the question: `inst`, `enr`. */
function isShortFor(name: string, word: string): boolean {
  if (name.length < 3 || word.length < name.length + 3 || !word.startsWith(name)) return false;
  return !/(?:ship|ery)$/.test(word) && !/^(?:car|art|man|per|pro|con|the|for|tim)$/.test(name);
}

/** 1 for equal words, less for each synonym, 0 when any word differs. */
function sameWords(a: string[], b: string[]): number {
  if (a.length !== b.length || a.length === 0) return 0;
  let score = 1;
  for (const [at, word] of a.entries()) {
    const other = b[at] ?? '';
    if (word === other) continue;
    if (areSynonyms(word, other)) score -= 0.1;
    else if (isShortFor(other, word)) score -= 0.15;
    else return 0;
  }
  return score;
}
