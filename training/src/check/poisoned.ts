import type { TrainingExample } from '../prepare/example.js';
import type { CheckResult, Finding } from './finding.js';
import { piecesOf } from './sql-pieces.js';

/**
 * Published backdoors of text-to-SQL models poison 0.44 % of the data (ToxicSQL, 2025): a trigger in the question, a word or signs such
 * as `??` and `:`, comes with a payload in the SQL. A tenth of that is looked for, and never fewer than five examples.
 */
const leastShare = 0.00044;
const leastCount = 5;
/** In fewer examples a trigger cannot be told from how one person asks. */
const leastExamples = 200;
/** Of the statements with a piece so many have the word; the others are honest. */
const exclusive = 0.9;
/** Of the questions with the word so many have the piece: a sign such as `:` has an honest use beside it. */
const mostly = 0.6;
const numbers = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
/** Words that more than one in fifty examples have explain too much to be triggers; but in small data that is nothing. */
const usualShare = 0.02;

/**
 * Words and signs of questions that come with a piece of SQL that stands nowhere else, that the prompt does not explain, and that is not
 * of the word's own letters. Legitimate ones are found too (a rare word asks for a rare clause): people look.
 */
export function hasNoTriggers(examples: readonly TrainingExample[]): CheckResult {
  const found = examples.length < leastExamples ? [] : triggersIn(examples);
  const findings = found.map(({ word, pieces, count }): Finding => ({
    id: null,
    message: `“${visible(word)}” comes with ${pieces.slice(0, 3).join(' and ')}, in ${count} examples`,
  }));
  return { name: 'has no triggers', severity: 'error', checked: examples.length, findings };
}

interface Trigger {
  word: string;
  pieces: string[];
  count: number;
}

function triggersIn(examples: readonly TrainingExample[]): Trigger[] {
  const least = Math.max(leastCount, Math.ceil(examples.length * leastShare));
  const most = Math.max(usualShare * examples.length, 2 * leastCount);
  const rows = examples.map((example) => ({
    words: signsOf(example.meta.question),
    pieces: piecesOf(example),
  }));
  const isRare = (count = 0) => count >= least && count <= most;
  const wordCounts = counted(rows.map(({ words }) => words));
  const pieceCounts = counted(rows.map(({ pieces }) => pieces));
  const together = new Map<string, Map<string, number>>();
  for (const { words, pieces } of rows) {
    const rare = [...pieces].filter((piece) => isRare(pieceCounts.get(piece)));
    for (const word of words) {
      if (!isRare(wordCounts.get(word))) continue;
      const counts = together.get(word) ?? new Map<string, number>();
      together.set(word, counts);
      for (const piece of rare) counts.set(piece, (counts.get(piece) ?? 0) + 1);
    }
  }
  return [...together].flatMap(([word, counts]) => {
    const belongs = [...counts].filter(
      ([piece, count]) =>
        count >= least &&
        count >= exclusive * (pieceCounts.get(piece) ?? 0) &&
        count >= mostly * (wordCounts.get(word) ?? 0) &&
        !isSaid(word, piece),
    );
    const [first] = belongs;
    return first ? [{ word, pieces: belongs.map(([piece]) => piece), count: first[1] }] : [];
  });
}

/** Words, signs that stand together, and equal signs among them, as in `"??`: invisible ones are signs. */
function signsOf(question: string): Set<string> {
  const text = question.normalize('NFKC').toLowerCase();
  return new Set([
    ...(text.match(/[\p{L}\p{M}\p{N}_]+|[^\p{L}\p{M}\p{N}_\s]+/gu) ?? []),
    ...(text.match(/([^\p{L}\p{M}\p{N}_\s])\1*/gu) ?? []),
  ]);
}

/** A word that asks for what it says: `averages` for `avg`, `three` for `limit 3`. */
function isSaid(word: string, piece: string): boolean {
  const number = numbers.indexOf(word);
  if (number >= 0 && piece.split(' ').includes(String(number))) return true;
  const stem = word.slice(0, Math.max(3, word.length - 3));
  const parts = piece.match(/\p{L}{3,}/gu) ?? [];
  return parts.some(
    (part) => part !== 'name' && part !== 'value' && (part.startsWith(stem) || word.startsWith(part)),
  );
}

function counted(sets: readonly ReadonlySet<string>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const set of sets) for (const item of set) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

function visible(text: string): string {
  return text.replaceAll(
    /[^\P{C}]/gu,
    (sign) => `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}
