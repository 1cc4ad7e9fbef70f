import { abbreviations } from '../language/synonyms.js';
import { stem } from '../language/stem.js';

/** The stems of the words that a table's or column's name is made of. */
export function wordsOfName(name: string): string[] {
  return name
    .split(/[^\p{L}\d]+/u)
    .flatMap((part) => (abbreviations.has(part.toLowerCase()) ? [part] : splitCapitals(part)))
    .flatMap((word) => (abbreviations.get(word.toLowerCase()) ?? word.toLowerCase()).split(' '))
    .filter((word) => word !== '' && word !== 'of')
    .map(stem);
}

/** `orderID2` is `order`, `ID` and `2`. */
function splitCapitals(part: string): string[] {
  return part
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replaceAll(/([a-zA-Z]{2,})(\d+)$/g, '$1 $2')
    .split(' ');
}
