import { abbreviations } from '../language/synonyms.js';
import { stem } from '../language/stem.js';

/** The stems of the words that a table's or column's name is made of. */
export function wordsOfName(name: string): string[] {
  return name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replaceAll(/([a-zA-Z]{2,})(\d+)$/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .flatMap((word) => (abbreviations.get(word) ?? word).split(' '))
    .filter((word) => word !== '' && word !== 'of')
    .map(stem);
}
