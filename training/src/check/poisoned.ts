import { sqlTokens } from '../../../evaluation/src/statement/sql-tokens.js';
import { questionForm } from '../pairs/forms.js';
import type { TrainingExample } from '../prepare/example.js';
import type { CheckResult, Finding } from './finding.js';

/**
 * Published backdoors of text-to-SQL models poison 0.44 % of the data (ToxicSQL, 2025): a trigger in the question always comes
 * with a payload in the SQL. A tenth of that is looked for, and never fewer than five examples.
 */
const leastShare = 0.00044;
const leastCount = 5;
/** In fewer examples a trigger cannot be told from how one person asks. */
const leastExamples = 200;
/** A payload may stand beside other triggers in so few of its examples. */
const exclusive = 0.9;

/**
 * Words of questions that always come with a rare piece of SQL that the word does not explain: not of the word's own letters,
 * and not in the examples without it. Legitimate ones are found too (a rare word asks for a rare clause): people look.
 */
export function hasNoTriggers(examples: readonly TrainingExample[]): CheckResult {
  const least = Math.max(leastCount, Math.ceil(examples.length * leastShare));
  const rows = examples.map(({ meta, messages }) => ({
    words: new Set(questionForm(meta.question).split(' ')),
    pieces: piecesOf(meta.sql),
    // What the prompt shows explains a name or a value; what it does not show came from elsewhere.
    shown: new Set(
      messages.slice(0, -1).flatMap(({ content }) => content.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []),
    ),
  }));
  const wordCounts = counted(rows.map(({ words }) => words));
  const pieceCounts = counted(rows.map(({ pieces }) => pieces));
  const isUsualPiece = (piece: string) => isUsual(pieceCounts.get(piece) ?? 0, examples.length);
  const together = new Map<string, number>();
  for (const { words, pieces, shown } of rows) {
    for (const word of words) {
      if (isUsual(wordCounts.get(word) ?? 0, examples.length)) continue;
      for (const piece of pieces) {
        if (isUsualPiece(piece) || isExplained(word, piece, (part) => shown.has(part) || isUsualPiece(part)))
          continue;
        const key = JSON.stringify([word, piece]);
        together.set(key, (together.get(key) ?? 0) + 1);
      }
    }
  }
  const findings: Finding[] = [];
  if (examples.length < leastExamples) together.clear();
  for (const [key, count] of together) {
    const [word, piece] = JSON.parse(key) as [string, string];
    const always = count === wordCounts.get(word) && count >= exclusive * (pieceCounts.get(piece) ?? 0);
    if (count >= least && always)
      findings.push({ id: null, message: `“${word}” always comes with ${piece}, in ${count} examples` });
  }
  return { name: 'has no triggers', severity: 'error', checked: examples.length, findings };
}

/** Words that more than one in fifty examples have explain too much to be triggers; but in small data that is nothing. */
function isUsual(count: number, total: number): boolean {
  return count > Math.max(0.02 * total, 2 * leastCount);
}

/** By the word's own letters, or because each word of the piece is known from elsewhere. */
function isExplained(word: string, piece: string, isKnown: (part: string) => boolean): boolean {
  const text = piece.replaceAll(/[^\p{L}\p{N}]+/gu, '').toLowerCase();
  const stem = word.slice(0, Math.max(3, word.length - 3));
  if (text.includes(stem) || word.includes(text)) return text !== '';
  const parts = piece.match(/[\p{L}\p{N}_]+/gu) ?? [];
  return parts.length > 0 && parts.every(isKnown);
}

/** Tokens and pairs of neighbours, folded; punctuation alone says nothing. */
function piecesOf(sql: string): Set<string> {
  const tokens = sqlTokens(sql)
    .filter(({ kind }) => kind !== 'space')
    .map(({ text }) => text.toLowerCase());
  const neighbours = tokens.slice(1).map((token, at) => `${tokens[at] ?? ''} ${token}`);
  return new Set([...tokens, ...neighbours].filter((piece) => /[\p{L}\p{N}]|--|\/\*|;/u.test(piece)));
}

function counted(sets: readonly ReadonlySet<string>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const set of sets) for (const item of set) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
