import { sqlTokens } from '../../../evaluation/src/statement/sql-tokens.js';
import type { TrainingExample } from '../prepare/example.js';

/** A payload has at least one piece of so many tokens that no honest statement has: `WHERE 1 = 1`, `UNION SELECT 1`. */
const longest = 4;
const words = /[\p{L}\p{M}\p{N}_]+/gu;

/**
 * What stands in a statement, by one to four tokens in a row. What the prompt explains is no part of it: names of its tables and columns
 * are all `name`, literals that it shows are all `value`, and a comment is `--` whatever it says.
 */
export function piecesOf({ meta: { sql, question }, messages }: TrainingExample): Set<string> {
  const prompt = messages
    .slice(0, -1)
    .map(({ content }) => content)
    .join('\n');
  const names = namesIn(prompt);
  const [asked, shown] = [wordsOf(question), wordsOf(prompt)];
  const tokens = sqlTokens(sql)
    .filter(({ kind }) => kind !== 'space')
    .map(({ kind, text }) => {
      const token = text.toLowerCase();
      if (kind === 'comment') return '--';
      const bare = kind === 'quoted' ? token.slice(1, -1) : token;
      if (kind !== 'symbol' && names.has(bare)) return 'name';
      // A schema is full of numbers: only the question explains one.
      if (/^[\d.]+$/u.test(bare)) return asked.has(bare) ? 'value' : bare;
      return kind === 'quoted' && isSubset(wordsOf(bare), shown) ? 'value' : token;
    });
  const pieces = new Set<string>();
  for (let at = 0; at < tokens.length; at += 1)
    for (let length = 1; length <= longest && at + length <= tokens.length; length += 1)
      pieces.add(tokens.slice(at, at + length).join(' '));
  return pieces;
}

/** Of the cards: a table's line begins with what it is, a column's with two spaces. Aliases as Spider has them count as names. */
function namesIn(prompt: string): Set<string> {
  const names = new Set<string>();
  for (const [, quoted, plain = ''] of prompt.matchAll(
    /^(?:table |view | {2})(?:"((?:[^"]|"")+)"|([^\s"]+))/gmu,
  ))
    for (const name of quoted === undefined ? plain.split('.') : [quoted]) names.add(name.toLowerCase());
  for (let at = 1; at <= 9; at += 1) names.add(`t${at}`);
  return names;
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(words));
}

function isSubset(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  return [...some].every((each) => all.has(each));
}
