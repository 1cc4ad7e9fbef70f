import { stemmer } from 'stemmer';
import { terms } from './terms.js';

/** Words of questions that say nothing of what a question is about. */
const functionWords = new Set(
  `a about all also am an and any are as at be been being between both but by can could did do does each either every find for
  from get give had has have having he her his how i if in into is it its itself just list many me more most much must my no
  not of off on once one only or other our out over per please return s she should show so some such tell than that the their
  them then there these they this those to too under until up us was we were what when where whether which while who whom
  whose why will with would you your`.split(/\s+/),
);

/** Letters that are no others with a mark, by how they are written without. */
const plain: Readonly<Record<string, string>> = {
  æ: 'ae',
  Æ: 'AE',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  ı: 'i',
  ł: 'l',
  Ł: 'L',
  ø: 'o',
  Ø: 'O',
  œ: 'oe',
  Œ: 'OE',
  ß: 'ss',
  ẞ: 'SS',
  þ: 'th',
  Þ: 'Th',
};
const plainable = new RegExp(`[${Object.keys(plain).join('')}]`, 'gu');

/** Stems of the words of a name or a text, accents folded: `Cities_visited` → citi, visit. */
export function stems(text: string): string[] {
  return foldedTerms(text).map((term) => stemmer(term));
}

/** Whether the text has a word of one of the stems. */
export function mentions(text: string, wanted: ReadonlySet<string>): boolean {
  return foldedTerms(text).some((term) => wanted.has(stemmer(term)));
}

/** Without marks first: a mark is no letter, and words would end at it. */
function foldedTerms(text: string): string[] {
  const folded = text.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  return terms(folded.replaceAll(plainable, (letter) => plain[letter] ?? letter));
}

/** Distinct stems of a question, without function words, unless it has no others. */
export function questionStems(question: string): string[] {
  const words = foldedTerms(question);
  const telling = words.filter((word) => !functionWords.has(word));
  return [...new Set((telling.length > 0 ? telling : words).map((word) => stemmer(word)))];
}

/** Whether a question has a word that says what it is about. */
export function tells(question: string): boolean {
  return terms(question).some((word) => !functionWords.has(word));
}

/** Words of English questions that those of its neighbours do not have. */
const englishWords = new Set(
  'the what which who whose how when where why show give find did does every each their there with from please'.split(
    ' ',
  ),
);

export function isEnglish(question: string): boolean {
  return terms(question).some((word) => englishWords.has(word));
}
