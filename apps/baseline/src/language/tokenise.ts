import { stem } from './stem.js';

export interface Token {
  kind: 'word' | 'number' | 'quoted' | 'mark';
  /** As the question has it; without the quotes of a quoted string. */
  text: string;
  lower: string;
  stem: string;
  /** The number a `number` token stands for. */
  number?: number;
  start: number;
  end: number;
}

const numberWords = new Map(
  'zero one two three four five six seven eight nine ten eleven twelve'
    .split(' ')
    .map((word, value) => [word, value]),
);
const pattern =
  /(?<quoted>"[^"]+"|“[^”]+”|(?<![\p{L}\d])'[^']+(?:'(?=\p{L})[^']*)*'(?![\p{L}\d])|‘[^’]+’(?!\p{L})|`[^`]+`)|(?<date>\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?)|(?<number>\$?\d+(?:,\d{3})*(?:\.\d+)?(?![\p{L}\d]|-\p{L}|:\d))|(?<word>[\p{L}\d]+(?:[-.&:/@][\p{L}\d]+)*)|(?<mark>[^\s])/gu;

export function tokenise(question: string): Token[] {
  const plain = question
    .replaceAll(
      /\b(first|last|middle|given) (?:and|or|,) (first|last|family) name(s?)\b/gi,
      '$1 name and $2 name',
    )
    .replaceAll(/\b(do|does|did|is|are|was|were|has|have|had|ca|wo|could|would)n['’]t\b/gi, '$1 not')
    .replaceAll(/"[^"]*"|['’]s\b(?!['’])/g, (found) => (found.startsWith('"') ? found : ''));
  return [...plain.matchAll(pattern)].map((match) => tokenOf(match));
}

function tokenOf(match: RegExpExecArray): Token {
  const { quoted, date, number, word } = match.groups ?? {};
  const text = quoted === undefined ? match[0] : quoted.slice(1, -1).trim();
  const lower = text.toLowerCase();
  const base = { text, lower, start: match.index, end: match.index + match[0].length };
  if (quoted !== undefined || date !== undefined) return { ...base, kind: 'quoted', stem: lower };
  if (number !== undefined)
    return { ...base, kind: 'number', stem: lower, number: Number(number.replaceAll(/[$,]/g, '')) };
  if (word === undefined) return { ...base, kind: 'mark', stem: lower };
  const value = numberWords.get(lower);
  return { ...base, kind: 'word', stem: stem(lower), ...(value === undefined ? {} : { number: value }) };
}
