import type { Context } from '#shared/contracts/context';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import { stems } from '../indexing/words.js';

const mostMatches = 12;

type Match = Context['values'][number];

/** A cell value and its words, as they are looked for in a question. */
interface Phrase {
  phrase: string;
  match: Match;
}

/** Cell values by their first word: a snapshot holds far more of them than a question has words. */
export type PhraseIndex = ReadonlyMap<string, readonly Phrase[]>;

/** The cell values of a table. */
export function phrasesOf(table: TableSnapshot): PhraseIndex {
  const phrases = table.columns.flatMap((column) =>
    (column.sampleValues ?? []).flatMap((value) => {
      const words = stems(value);
      const phrase = words.join(' ');
      if (phrase.length < 2) return [];
      return {
        first: words[0] ?? '',
        phrase: ` ${phrase} `,
        match: { table: table.name, column: column.name, value },
      };
    }),
  );
  return Map.groupBy(phrases, ({ first }) => first);
}

/** Those that occur in the question as whole words, longest first. */
export function matchedValues(question: string, indexes: readonly PhraseIndex[]): Match[] {
  const words = stems(question);
  const text = ` ${words.join(' ')} `;
  const distinct = [...new Set(words)];
  return indexes
    .flatMap((index) => distinct.flatMap((word) => index.get(word) ?? []))
    .filter(({ phrase }) => text.includes(phrase))
    .map(({ match }) => match)
    .sort((a, b) => b.value.length - a.value.length)
    .slice(0, mostMatches);
}
