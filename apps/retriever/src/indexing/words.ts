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

/** Stems of the words of a name or a text, accents folded: `Cities_visited` → citi, visit. */
export function stems(text: string): string[] {
  return foldedTerms(text).map((term) => stemmer(term));
}

/** Whether the text has a word of one of the stems. */
export function mentions(text: string, wanted: ReadonlySet<string>): boolean {
  return foldedTerms(text).some((term) => wanted.has(stemmer(term)));
}

function foldedTerms(text: string): string[] {
  return terms(text.normalize('NFKD').replaceAll(/\p{M}/gu, ''));
}

/** Distinct stems of a question, without function words, unless it has no others. */
export function questionStems(question: string): string[] {
  const words = terms(question);
  const telling = words.filter((word) => !functionWords.has(word));
  return [...new Set(stems((telling.length > 0 ? telling : words).join(' ')))];
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
