import { withoutReasoning } from './reasoning.js';

/** Of a reply: twice what the guard takes of a statement. Each pattern below takes time in proportion to it. */
const longestRead = 40_000;

const fence = /`{3,}|^~{3,}/gm;
const sqlLanguage = /^[ \t]*(?:sql\w*|postgres\w*|pgsql|p[l/]*sql|psql|mysql|mariadb)?[ \t]*(?=\s|$)/i;
/** `With this query …` is prose. */
const statementStart =
  /^[\s(]*(?:select\b|values\s*\(|with\s+(?:recursive\s+)?(?:"[^"\n]*"|`[^`\n]*`|[\p{L}_][\p{L}\p{N}_$]*)\s*(?:\([^()]{0,500}\)\s*)?as\b)/iu;
/** Where one may begin in prose: a line, or behind a label such as `SQL:`. */
const embeddedStart = /(?:^|:)[ \t(]*(?=(?:select|with|values)\b)/gim;
/** What begins a further line of SQL, and what begins one of prose. */
const clause =
  /^(?:select|from|where|group|order|having|limit|offset|union|intersect|except|with|join|left|right|inner|full|cross|on|and|or|window|case)\b/i;
const prose = /^(?:[A-Z][a-z]+[ :]|\*\*|- |#)/;

/**
 * The SQL in a model's reply: from a fence, from prose, or as the reply itself; the first statement of several.
 * Null when there is none. What comes out is not trusted: the executor's guard decides.
 */
export function extractSql(reply: string): string | null {
  const text = withoutReasoning(reply).slice(0, longestRead);
  const [unfenced = '', ...fenced] = text.split(fence);
  for (const block of fenced) {
    const body = block.replace(sqlLanguage, '');
    if (startsStatement(body)) return firstStatement(body);
  }
  if (startsStatement(unfenced)) return firstStatement(cutTrailingProse(unfenced));
  for (const { index, 0: label } of unfenced.matchAll(embeddedStart)) {
    const embedded = unfenced.slice(label.startsWith(':') ? index + 1 : index);
    if (startsStatement(embedded)) return firstStatement(cutTrailingProse(embedded));
  }
  return null;
}

function startsStatement(text: string): boolean {
  return statementStart.test(withoutLeadingComments(text));
}

/** Up to the first semicolon that stands outside of strings, quoted names and comments. */
function firstStatement(text: string): string {
  const trimmed = withoutLeadingComments(text);
  const tokens = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|;/g;
  for (const match of trimmed.matchAll(tokens)) {
    if (match[0] === ';') return trimmed.slice(0, match.index).trim();
  }
  return trimmed.trim();
}

function withoutLeadingComments(text: string): string {
  return text.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '');
}

/** Prose after an unfenced statement: a blank line, then something that is no SQL line. */
function cutTrailingProse(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex(
    (line, at) => lines[at - 1]?.trim() === '' && prose.test(line) && !clause.test(line),
  );
  return end < 0 ? text : lines.slice(0, end).join('\n');
}
