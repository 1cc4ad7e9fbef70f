import { terms } from '../indexing/terms.js';
import { stems } from '../indexing/words.js';

/** Says that the question goes on, wherever it begins so; `order totals by month` begins with no such word. */
const opening =
  /^(?:and|or|but|also|then|now|next|instead|only|ok|okay|what about|how about|what if|same|likewise|exclude|include|add|remove|(?:sort|order|group|filter|limit)(?: (?:it|this|that|them|these|those|the (?:list|result|results|rows|answer)))? (?:by|to|for|on|out|descending|ascending))\b/u;

/** Points to an earlier question or its answer, wherever it stands. */
const pointer =
  /\b(?:the same (?:for|but|thing|question|list)|the same$|as well$|too$|previous|(?:the|from) above|these|of (?:those|them)|the (?:first|last|latter|former|other) ones?|(?:that|this) (?:one|result|list|query|answer)|how many (?:are there$|is that)|which ones?|the others|instead)\b/u;

const pronoun = /^(?:they|them|their|theirs|it|its|he|him|his|she|her|hers|those|ones)$/u;

const relative = /^(?:who|whose|that|which|with)$/u;

/** What is shorter and names no table leaves something out. */
const ellipticalWords = 6;

/**
 * Whether a question goes on from the one before it. It does where it opens with such a word (`and last year?`), points
 * back (`the same`, `those`), has a pronoun before any table that the pronoun could stand for, or is short and names no
 * table. Every other question opens a topic and sees nothing of the earlier ones.
 * @param tables names of the tables of the datasource
 */
export function isFollowUp(question: string, tables: readonly string[]): boolean {
  const text = question
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  if (opening.test(text) || pointer.test(text)) return true;
  const words = terms(question);
  const names = new Set(tables.flatMap((name) => stems(name)));
  const named = words.findIndex((word) => stems(word).some((stem) => names.has(stem)));
  const back = words.findIndex((word, at) => pronoun.test(word) && !isDefined(words, at));
  if (back >= 0 && (named < 0 || back < named)) return true;
  return named < 0 && words.length <= ellipticalWords;
}

/** `those who …` says itself whom it means. */
function isDefined(words: readonly string[], at: number): boolean {
  return words[at] === 'those' && words.slice(at + 1, at + 3).some((word) => relative.test(word));
}
