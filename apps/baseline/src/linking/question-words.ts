import type { Token } from '../language/tokenise.js';

/** Words that never name a table or column by themselves, whatever the schema calls its things. */
const words = new Set(
  (
    'a an the of in on at by for to from with and or not is are was were be been do does did have has had what which who whom whose ' +
    'where when how many much show list find give return tell me all any each every there that this those these it its their his her ' +
    'number most least more less than as per different distinct average total maximum minimum top also please count ' +
    'over under between before after above below no without never both only some other one s we you i they can could same if'
  ).split(' '),
);

export function isQuestionWord(word: string): boolean {
  return words.has(word);
}

/** `in descending order`, `order by`: no orders of customers. */
export function isSortingWord(tokens: Token[], at: number): boolean {
  if (!/^(?:order|sort|rank)(?:s|ed)?$/.test(tokens[at]?.lower ?? '')) return false;
  const before = tokens[at - 1]?.lower ?? '';
  const direction = /^(?:in|.*scending|.*creasing|alphabetic.*|lexicographic.*|chronological|reverse)$/;
  return tokens[at + 1]?.lower === 'by' || direction.test(before);
}
