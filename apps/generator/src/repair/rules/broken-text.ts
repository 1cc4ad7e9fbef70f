import { type SqlToken, sqlTokens } from '#shared/sql/sql-tokens';
import { aggregateNames, joinWords } from '#shared/sql/sql-words';
import type { Mend } from '../mend.js';

const setWords: ReadonlySet<string> = new Set(['UNION', 'INTERSECT', 'EXCEPT']);
const endWords: ReadonlySet<string> = new Set(['GROUP', 'HAVING', 'ORDER', 'LIMIT', ...setWords]);

/** Texts that do not read as a statement; `at` is where reading stopped. */
export function mendText(sql: string, at: number): Mend | null {
  const tokens = sqlTokens(sql);
  const depths = depthsOf(tokens);
  return (
    closedParentheses(sql, tokens, depths) ??
    withoutTail(sql, at) ??
    orderBehindSet(sql, tokens, depths, at) ??
    joinBeforeWhere(sql, tokens, depths, at) ??
    conditionOfGroups(tokens, depths, at)
  );
}

/** How many parentheses are open before each token; the last number is for the end. */
function depthsOf(tokens: readonly SqlToken[]): number[] {
  let depth = 0;
  const depths = tokens.map((token) => {
    const before = depth;
    if (token.kind === 'sign' && token.value === '(') depth += 1;
    if (token.kind === 'sign' && token.value === ')') depth -= 1;
    return before;
  });
  return [...depths, depth];
}

/** Parentheses that are missing at the end, or too many there. */
function closedParentheses(sql: string, tokens: readonly SqlToken[], depths: readonly number[]): Mend | null {
  const open = depths.at(-1) ?? 0;
  const last = tokens.at(-1);
  if (open > 0 && open <= 4 && last?.value !== '(' && last?.value !== ',')
    return { kind: 'parentheses', edits: [{ start: sql.length, end: sql.length, text: ')'.repeat(open) }] };
  if (open >= 0 || depths.slice(0, -1).some((depth) => depth < 0)) return null;
  if (!last || last.value !== ')' || open < -1) return null;
  return { kind: 'parentheses', edits: [{ start: last.start, end: last.end, text: '' }] };
}

/** What models write behind a statement: an end of some markup, a sign of the chat's, a heading. */
const tail = /^\s*(?:\\|```|<\/?[a-z|][^>]*>|\[\/|#{2,}|;\s*\S)/i;

function withoutTail(sql: string, at: number): Mend | null {
  if (!tail.test(sql.slice(at))) return null;
  return { kind: 'trailing_text', edits: [{ start: at, end: sql.length, text: '' }] };
}

/** `… ORDER BY x EXCEPT …`: the order of a part means nothing, unless it decides which rows there are. */
function orderBehindSet(
  sql: string,
  tokens: readonly SqlToken[],
  depths: readonly number[],
  at: number,
): Mend | null {
  const index = tokens.findIndex(({ start }) => start === at);
  const token = tokens[index];
  if (token?.kind !== 'word' || !setWords.has(token.value)) return null;
  const isHere = (word: string) => (each: SqlToken, place: number) =>
    place < index && each.kind === 'word' && each.value === word && depths[place] === depths[index];
  const order = tokens.findLastIndex(isHere('ORDER'));
  const first = tokens[order];
  if (!first) return null;
  if (tokens.findLastIndex(isHere('LIMIT')) < order)
    return { kind: 'order', edits: [{ start: first.start, end: token.start, text: '' }] };
  const select = tokens.findLastIndex(isHere('SELECT'));
  const from = tokens[select];
  if (!from) return null;
  return {
    kind: 'order',
    edits: [
      { start: from.start, end: from.start, text: 'SELECT * FROM (' },
      { start: token.start, end: token.start, text: ') ' },
    ],
  };
}

/** `FROM a WHERE x JOIN b ON … WHERE y`: joins go before the conditions. */
function joinBeforeWhere(
  sql: string,
  tokens: readonly SqlToken[],
  depths: readonly number[],
  at: number,
): Mend | null {
  const join = tokens.findIndex(({ start }) => start === at);
  const token = tokens[join];
  if (token?.kind !== 'word' || !joinWords.has(token.value)) return null;
  const isLevel = (place: number) => depths[place] === depths[join];
  const where = tokens.findLastIndex(
    ({ kind, value }, place) => place < join && kind === 'word' && value === 'WHERE' && isLevel(place),
  );
  const first = tokens[where];
  if (!first) return null;
  const condition = sql.slice(first.end, token.start).trim();
  const next = tokens.findIndex(
    ({ kind, value }, place) =>
      place > join &&
      ((kind === 'word' && (endWords.has(value) || value === 'WHERE') && isLevel(place)) ||
        (kind === 'sign' && value === ')' && (depths[place + 1] ?? 0) < (depths[join] ?? 0))),
  );
  const behind = tokens[next];
  const place = behind?.start ?? sql.length;
  const isWhere = behind?.value === 'WHERE';
  return {
    kind: 'order',
    edits: [
      { start: first.start, end: token.start, text: '' },
      isWhere
        ? { start: behind.end, end: behind.end, text: ` ${condition} AND` }
        : { start: place, end: place, text: ` WHERE ${condition} ` },
    ],
  };
}

/** `GROUP BY a WHERE count(*) > 2`: behind GROUP BY a condition is one of groups. */
function conditionOfGroups(tokens: readonly SqlToken[], depths: readonly number[], at: number): Mend | null {
  const where = tokens.findIndex(({ start }) => start === at);
  const token = tokens[where];
  if (token?.kind !== 'word' || token.value !== 'WHERE') return null;
  const isGrouped = tokens.some(
    ({ kind, value }, place) =>
      place < where && kind === 'word' && value === 'GROUP' && depths[place] === depths[where],
  );
  const next = tokens.slice(where + 1, where + 3);
  const isOfGroups = aggregateNames.has(next[0]?.value ?? '') && next[1]?.value === '(';
  if (!isGrouped || !isOfGroups) return null;
  return { kind: 'grouping', edits: [{ start: token.start, end: token.end, text: 'HAVING' }] };
}
