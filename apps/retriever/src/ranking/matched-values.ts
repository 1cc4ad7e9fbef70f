import type { Context } from '#shared/contracts/context';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import { terms } from '../indexing/terms.js';

const mostMatches = 12;

type Match = Context['values'][number];

/** A cell value and its words, as they are looked for in a question. */
interface Phrase {
  phrase: string;
  match: Match;
}

/** The cell values of a table. Their words are taken once: a snapshot holds far more of them than a question. */
export function phrasesOf(table: TableSnapshot): Phrase[] {
  return table.columns.flatMap((column) =>
    (column.sampleValues ?? []).flatMap((value) => {
      const phrase = terms(value).join(' ');
      if (phrase.length < 2) return [];
      return { phrase: ` ${phrase} `, match: { table: table.name, column: column.name, value } };
    }),
  );
}

/** Those that occur in the question as whole words, longest first. */
export function matchedValues(question: string, phrases: readonly Phrase[]): Match[] {
  const words = ` ${terms(question).join(' ')} `;
  return phrases
    .filter(({ phrase }) => words.includes(phrase))
    .map(({ match }) => match)
    .sort((a, b) => b.value.length - a.value.length)
    .slice(0, mostMatches);
}
