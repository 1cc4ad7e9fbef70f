/** Stands for a literal: questions that differ in their literals alone mask to the same text. */
const mask = 'value';

/** A literal of SQL, quoted or a number. */
const sqlLiterals = /'((?:[^']|'')+)'|\b(\d+(?:\.\d+)?)\b/g;

/** The question with its numbers, quoted texts and the given cell values masked. */
export function maskQuestion(question: string, values: readonly string[]): string {
  const literals = [...new Set(values)]
    .filter((value) => value.trim() !== '')
    .sort((a, b) => b.length - a.length);
  const named = literals.reduce((text, literal) => text.replaceAll(wholeWord(literal), mask), question);
  return named.replaceAll(/"[^"]+"|'[^']+'(?!\w)|“[^”]+”/gu, mask).replaceAll(/\b\d+(?:[.,]\d+)*\b/g, mask);
}

/** The question of a verified example, masked by the literals of its SQL. */
export function maskExample({ question, sql }: { question: string; sql: string }): string {
  const literals = [...sql.matchAll(sqlLiterals)].map(
    ([, text, number]) => text?.replaceAll("''", "'") ?? number ?? '',
  );
  return maskQuestion(
    question,
    literals.map((literal) => literal.replaceAll('%', '')),
  );
}

function wholeWord(literal: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(literal.trim())}(?![\\p{L}\\p{N}])`, 'giu');
}
