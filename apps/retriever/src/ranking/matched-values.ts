import type { Context } from '#shared/contracts/context';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import { terms } from '../indexing/terms.js';

const mostMatches = 12;

/** Cell values of the tables that occur in the question as whole words, longest first. */
export function matchedValues(question: string, tables: readonly TableSnapshot[]): Context['values'] {
  const words = ` ${terms(question).join(' ')} `;
  const matches: Context['values'] = [];
  for (const table of tables) {
    for (const column of table.columns) {
      for (const value of column.sampleValues ?? []) {
        const phrase = terms(value).join(' ');
        if (phrase.length > 1 && words.includes(` ${phrase} `))
          matches.push({ table: table.name, column: column.name, value });
      }
    }
  }
  return matches.sort((a, b) => b.value.length - a.value.length).slice(0, mostMatches);
}
